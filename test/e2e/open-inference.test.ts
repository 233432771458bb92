import { request } from 'node:http';
import { AppError } from '../../src/errors';
import { encodeInferRequest } from '../../src/open-inference/infer-request';
import { decodeInferResponse } from '../../src/open-inference/infer-response';
import type { Parameters } from '../../src/open-inference/message';
import { startTestServer, type TestServer } from './http-harness';

const adminApiKey = 'a-key-of-enough-length';
let open: TestServer;
let locked: TestServer;
beforeAll(async () => {
  open = await startTestServer();
  locked = await startTestServer({
    adminApiKey,
    corsOrigins: ['https://app.example.com'],
    readiness: () => ({ status: 503, body: { status: 'no', missing: [] } }),
  });
});
afterAll(() => Promise.all([open.stop(), locked.stop()]));

async function get(path: string, init: RequestInit = {}) {
  const response = await fetch(`${open.url}${path}`, init);
  return { status: response.status, body: JSON.parse(await response.text()), headers: response.headers };
}
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  get(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : typeof body === 'string' ? body : JSON.stringify(body),
  });
const x = { name: 'x', datatype: 'FP32', shape: [2, 1], data: [0.25, 0.5] } as const;
const halves = { name: 'p', datatype: 'FP32', shape: [2, 2], data: [0.75, 0.25, 0.5, 0.5] };

async function postBinary(
  parameters: Parameters,
  outputs: readonly { readonly name: string; readonly parameters: Parameters }[] | null = null,
) {
  const input = { ...x, data: Float32Array.from(x.data) };
  const { body, headerLength } = encodeInferRequest({ id: 'a-1', parameters, inputs: [input], outputs }, true);
  const response = await fetch(`${open.url}/v2/models/m/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(headerLength) },
    body: body as Uint8Array<ArrayBuffer>,
  });
  const header = response.headers.get('inference-header-content-length');
  const bytes = new Uint8Array(await response.arrayBuffer());
  return {
    type: response.headers.get('content-type'),
    header,
    response: decodeInferResponse({ body: bytes, headerLength: header === null ? null : Number(header) }),
  };
}

describe('the server and its models describe themselves', () => {
  it.each<[string, number, unknown]>([
    [
      '/v2',
      200,
      { name: 'touchstone', version: '1.2.3', extensions: ['binary_tensor_data', 'model_repository', 'schedule_policy', 'statistics'] },
    ],
    ['/v2/', 200, expect.objectContaining({ name: 'touchstone' })],
    ['/v2/health/live', 200, { live: true }],
    ['/v2/health/ready', 200, { ready: true }],
    ['/v2/models/m/ready', 200, { name: 'm', ready: true }],
    ['/v2/models/m/versions/old/ready', 200, { name: 'm', ready: true }],
    ['/v2/models/m/versions/3/ready', 503, expect.objectContaining({ name: 'm', ready: false })],
    ['/v2/models/nobody/ready', 404, { error: expect.stringContaining('no model "nobody"') }],
    [
      '/v2/models/m',
      200,
      {
        name: 'm',
        versions: ['1', '2'],
        platform: 'onnx_onnxv1',
        inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 1] }],
        outputs: [{ name: 'p', datatype: 'FP32', shape: [-1, 2] }],
      },
    ],
    ['/v2/models/m/versions/champion', 200, expect.objectContaining({ name: 'm' })],
    ['/v2/models/m/versions/9', 404, { error: expect.stringContaining('no version or label "9"') }],
    ['/v2/models/m/versions/3', 503, { error: expect.stringContaining('model.onnx is missing') }],
    ['/v2/models', 404, { error: expect.stringContaining('nothing at this path') }],
    ['/v2/models/m/versions', 404, { error: expect.any(String) }],
    ['/v2/models/m/config', 404, { error: expect.any(String) }],
    ['/v2/models/%ff', 404, { error: expect.any(String) }],
    ['/v2/repository/models/m', 404, { error: expect.any(String) }],
    ['/v2/repository/models/m/load/now', 404, { error: expect.any(String) }],
    ['/v2/repository/models/m/load', 405, { error: expect.stringContaining('Only POST') }],
    ['/v2/repository/index', 405, { error: expect.stringContaining('Only POST') }],
  ])('%s: %d', async (path, status, body) => {
    expect(await get(path)).toMatchObject({ status, body });
  });

  it('lists the repository', async () => {
    const failed = { name: 'm', version: '3', state: 'UNAVAILABLE', reason: 'model.onnx is missing.' };
    const ready = ['1', '2'].map((version) => ({ name: 'm', version, state: 'READY', reason: '' }));
    expect((await get('/v2/repository/index', { method: 'POST' })).body).toEqual([...ready, failed]);
    expect((await post('/v2/repository/index', { ready: true })).body).toEqual(ready);
  });

  it('adds up what it did', async () => {
    const { url, stop } = await startTestServer();
    const infer = (body: object) =>
      fetch(`${url}/v2/models/m/versions/1/infer`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await infer({ inputs: [x] });
    await infer({ inputs: [] });
    await infer({ inputs: [{ ...x, data: [] }] });
    const stats = async (path: string) => JSON.parse(await (await fetch(`${url}${path}`)).text()).model_stats;
    const [of] = await stats('/v2/models/m/versions/1/stats');
    expect(of).toMatchObject({
      name: 'm',
      version: '1',
      last_inference: Date.parse('2026-11-22T08:00:00.000Z'),
      inference_count: 2,
      execution_count: 1,
      inference_stats: {
        success: { count: 1 },
        queue: { count: 1, ns: 1e6 },
        compute_input: { ns: 2e6 },
        compute_infer: { count: 1, ns: 3e6 },
      },
      batch_stats: [{ batch_size: 2, compute_infer: { count: 1, ns: 3e6 } }],
    });
    expect(of.inference_stats.fail.count).toBeGreaterThan(0);
    expect([(await stats('/v2/models/stats')).length, (await stats('/v2/models/m/stats')).length]).toEqual([2, 2]);
    await stop();
  });
});

describe('loading and unloading', () => {
  const versions = ['1', '2', '3'];
  const control = async (url: string, path: string, init: RequestInit = {}) => {
    const response = await fetch(`${url}/v2/repository/models/${path}`, { method: 'POST', ...init });
    return { status: response.status, text: await response.text() };
  };
  const statesOf = async ({ url }: TestServer) => {
    const response = await fetch(`${url}/v2/repository/index`, { method: 'POST' });
    const index = JSON.parse(await response.text()) as readonly { readonly state: string }[];
    return index.map(({ state }) => state);
  };
  let house: TestServer;
  beforeEach(async () => {
    house = await startTestServer();
  });
  afterEach(() => house.stop());

  it('takes a model out of memory whole, as its clients know no versions, and brings it back', async () => {
    // As Triton's clients send it.
    const body = '{"parameters": {"unload_dependents": false}}';
    expect(await control(house.url, 'm/unload', { body })).toEqual({ status: 200, text: '' });
    expect(await statesOf(house)).toEqual(versions.map(() => 'UNAVAILABLE'));
    expect((await fetch(`${house.url}/v2/models/m/ready`)).status).toBe(503);
    // Version 3 has no model.onnx.
    expect(await control(house.url, 'm/load', { body: '{}' })).toEqual({
      status: 400,
      text: expect.stringContaining('model.onnx is missing'),
    });
    expect(await statesOf(house)).toEqual(['READY', 'READY', 'UNAVAILABLE']);
    expect((await fetch(`${house.url}/v2/models/m/ready`)).status).toBe(200);
  });

  it('takes one version where it is named, and refuses the champion then', async () => {
    const named = (version: unknown) => ({ body: JSON.stringify({ parameters: { version } }) });
    expect((await control(house.url, 'm/unload', named('1'))).status).toBe(200);
    expect(await statesOf(house)).toEqual(['UNAVAILABLE', 'READY', 'UNAVAILABLE']);
    expect((await control(house.url, 'm/load', named('1'))).status).toBe(200);
    expect(await control(house.url, 'm/unload', named('2'))).toEqual({ status: 400, text: expect.stringContaining('champion') });
    expect((await control(house.url, 'm/load', named('9'))).status).toBe(404);
    expect((await control(house.url, 'm/load', named(1))).status).toBe(400);
  });

  it.each<[string, string, string, number, string]>([
    ['a model that is not there', 'nobody/load', '', 404, 'no model'],
    ['a model that is not there', 'nobody/unload', '', 404, 'no model'],
    ['half a JSON', 'm/load', '{', 400, 'not valid JSON'],
    ['a list', 'm/load', '[]', 400, 'parameters'],
    ['parameters that are a text', 'm/load', '{"parameters":"x"}', 400, 'must be an object'],
    ['a configuration', 'm/load', '{"parameters":{"config":"{}"}}', 400, 'not supported'],
    ['files', 'm/load', '{"parameters":{"file:1/model.onnx":"AA=="}}', 400, 'not supported'],
  ])('refuses %s at %s', async (_, path, body, status, sentence) => {
    expect(await control(house.url, path, { body })).toEqual({ status, text: expect.stringContaining(sentence) });
  });

  it('wants the key, and no page of another site', async () => {
    expect((await control(locked.url, 'm/unload')).status).toBe(401);
    expect((await control(locked.url, 'm/load', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect((await control(house.url, 'm/unload', { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect(await statesOf(house)).toEqual(['READY', 'READY', 'UNAVAILABLE']);
    const authorization = `Bearer ${adminApiKey}`;
    expect((await control(locked.url, 'm/unload', { headers: { authorization } })).status).toBe(200);
    const parameters = { body: '{"parameters":{"version":"2"}}' };
    expect((await control(locked.url, 'm/load', { headers: { authorization }, ...parameters })).status).toBe(200);
  });
});

describe('inference', () => {
  it('answers JSON with JSON, by the champion, under the id that was sent', async () => {
    const { status, body, headers } = await post('/v2/models/m/infer', { id: 'a-1', inputs: [x] });
    expect([status, headers.get('content-type'), headers.get('inference-header-content-length')]).toEqual([200, 'application/json', null]);
    expect(body).toEqual({ model_name: 'm', model_version: '2', id: 'a-1', outputs: [halves] });
  });

  it.each([
    ['versions/1', '1'],
    ['versions/old', '1'],
    ['versions/champion', '2'],
  ])('is answered by %s', async (path, version) => {
    expect((await post(`/v2/models/m/${path}/infer`, { inputs: [x] })).body).toEqual({
      model_name: 'm',
      model_version: version,
      outputs: [halves],
    });
  });

  it('answers as binary data what is asked for as such', async () => {
    const made = { name: 'p', datatype: 'FP32', shape: [2, 2], data: Float32Array.from(halves.data) };
    const all = await postBinary({ binary_data_output: true });
    expect(all).toMatchObject({ type: 'application/octet-stream', header: expect.any(String), response: { id: 'a-1', outputs: [made] } });
    expect(await postBinary({})).toMatchObject({ type: 'application/json', header: null, response: { outputs: [made] } });
    expect(await postBinary({}, [{ name: 'p', parameters: { binary_data: true } }])).toMatchObject({ header: expect.any(String) });
    expect(await postBinary({ binary_data_output: true }, [{ name: 'p', parameters: { binary_data: false } }])).toMatchObject({
      header: null,
    });
  });

  it.each<[string, Record<string, string>, number]>([
    ['a program', {}, 200],
    ['a page of its own', { origin: 'self' }, 200],
    ['a page of another site', { origin: 'https://evil.example' }, 415],
  ])("without a content-type, as Triton's clients send it, from %s", async (_, { origin }, status) => {
    const headers = { ...(origin && { origin: origin === 'self' ? open.url : origin }) };
    const body = new TextEncoder().encode(JSON.stringify({ inputs: [x] }));
    expect((await fetch(`${open.url}/v2/models/m/infer`, { method: 'POST', headers, body })).status).toBe(status);
  });

  it('of another content-type, where a header says what is in it', async () => {
    const body = JSON.stringify({ inputs: [x] });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'inference-header-content-length': String(body.length) };
    expect((await post('/v2/models/m/infer', body, headers)).status).toBe(200);
  });

  it('takes a body that is nothing but the data of the only input, and answers binary data', async () => {
    const response = await fetch(`${open.url}/v2/models/m/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': '0' },
      body: new Uint8Array(Float32Array.from(x.data).buffer),
    });
    const headerLength = Number(response.headers.get('inference-header-content-length'));
    const body = new Uint8Array(await response.arrayBuffer());
    expect(decodeInferResponse({ body, headerLength }).outputs[0]?.data).toEqual(Float32Array.from(halves.data));
  });

  it('knows timeout, and passes by priority and what nobody knows', async () => {
    const parameters = { timeout: 5_000_000, priority: 1, triton_something: 'x', sequence_id: 0 };
    expect((await post('/v2/models/m/infer', { parameters, inputs: [x] })).status).toBe(200);
  });

  const failures: readonly (readonly [AppError['code'], number, Readonly<Record<string, unknown>>])[] = [
    ['OVERLOADED', 503, { retryAfterMs: 1500 }],
    ['MODEL_NOT_READY', 503, {}],
    ['DEADLINE_EXCEEDED', 503, {}],
    ['INVALID_INPUT', 400, {}],
    ['BATCH_TOO_LARGE', 400, {}],
  ];
  it.each(failures)('%s is answered with %d', async (code, status, details) => {
    open.openInference.engine.inferFailures.set('2', new AppError(code, 'A sentence.', { details }));
    const answer = await post('/v2/models/m/infer', { inputs: [x] });
    open.openInference.engine.inferFailures.clear();
    expect(answer).toMatchObject({ status, body: { error: 'A sentence.' } });
    const isLater = 'retryAfterMs' in details;
    expect([answer.headers.get('retry-after'), answer.headers.get('retry-after-ms')]).toEqual(isLater ? ['2', '1500'] : [null, null]);
  });

  it.each([new Error('secret'), new AppError('INTERNAL_SERVER_ERROR', 'secret')])('tells nothing of its own mistakes', async (error) => {
    open.openInference.engine.inferFailures.set('2', error);
    const { status, body } = await post('/v2/models/m/infer', { inputs: [x] });
    open.openInference.engine.inferFailures.clear();
    expect([status, body.error]).toEqual([500, expect.stringContaining('error id id-1')]);
    expect(body.error).not.toContain('secret');
  });
});

describe('bodies that make no sense', () => {
  it.each<[string, unknown, Record<string, string>, number, string]>([
    ['nothing', '', {}, 400, 'JSON is not valid'],
    ['half a JSON', '{"inputs":[', {}, 400, 'JSON is not valid'],
    ['a list', [], {}, 400, 'must be an object'],
    ['no inputs', {}, {}, 400, '"inputs" must be an array'],
    ['a wrong shape', { inputs: [{ ...x, shape: [3, 1] }] }, {}, 400, 'holds 3 elements'],
    ['an output nobody knows', { inputs: [x], outputs: [{ name: 'q' }] }, {}, 400, 'no output "q"'],
    ['a classification', { inputs: [x], outputs: [{ name: 'p', parameters: { classification: 1 } }] }, {}, 400, 'not supported'],
    ['a sequence', { inputs: [x], parameters: { sequence_id: 7 } }, {}, 400, 'not supported'],
    ['a negative timeout', { inputs: [x], parameters: { timeout: -1 } }, {}, 400, 'microseconds'],
    ['a timeout of text', { inputs: [x], parameters: { timeout: '5' } }, {}, 400, 'microseconds'],
    ['a header longer than the body', { inputs: [x] }, { 'inference-header-content-length': '99999' }, 400, 'is 99999'],
    ['a header that is no number', { inputs: [x] }, { 'inference-header-content-length': '-3' }, 400, 'must be a whole number'],
    ['raw data that does not fit', Uint8Array.of(1, 2, 3), { 'inference-header-content-length': '0' }, 400, 'bytes of binary data, not 3'],
    ['another content type', '{}', { 'content-type': 'text/plain' }, 415, 'not "text/plain"'],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'content-type'],
    ['something compressed', '{}', { 'content-encoding': 'gzip' }, 415, 'uncompressed'],
    ['too many bytes', 'x'.repeat(100_001), {}, 413, 'larger than the 100000 bytes'],
  ])('%s', async (_, body, headers, status, sentence) => {
    expect(await post('/v2/models/m/infer', body, headers)).toMatchObject({ status, body: { error: expect.stringContaining(sentence) } });
  });

  it('a wrong method', async () => {
    const { status, headers } = await get('/v2/models/m/infer');
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('one that breaks off leaves the server as it was', async () => {
    const broken = request(`${open.url}/v2/models/m/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': 100 },
    });
    const closed = new Promise((resolve) => broken.on('error', resolve));
    broken.write('{"inputs":', () => broken.destroy());
    await closed;
    expect((await post('/v2/models/m/infer', { inputs: [x] })).status).toBe(200);
  });
});

describe('who may ask', () => {
  it('is asked for the key, save for health', async () => {
    const status = async (path: string, headers: Record<string, string> = {}) => (await fetch(`${locked.url}${path}`, { headers })).status;
    expect(await status('/v2')).toBe(401);
    expect(await status('/v2/nowhere')).toBe(401);
    expect(await status('/v2/models/m')).toBe(401);
    expect(await status('/v2', { authorization: `Bearer ${adminApiKey}` })).toBe(200);
    expect(await status('/v2/health/live')).toBe(200);
    expect(await status('/v2/health/ready')).toBe(503);
    const refused = await fetch(`${locked.url}/v2/models/m/infer`, { method: 'POST', body: '{}' });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await refused.json()).toEqual({ error: expect.stringContaining('Bearer') });
  });

  it('may be a page on an origin of the list', async () => {
    const headers = { origin: 'https://app.example.com', 'access-control-request-method': 'POST' };
    const preflight = await fetch(`${locked.url}/v2/models/m/infer`, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('inference-header-content-length');
    expect(preflight.headers.get('access-control-expose-headers')).toBe('inference-header-content-length');
  });

  it('is seen in the log as inference', async () => {
    await get('/v2');
    expect(open.requests.at(-1)).toMatchObject({ route: 'inference', status: 200 });
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileModelRepository } from '../../../src/inference/file-model-repository';
import type { LoadedVersion } from '../../../src/model-registry/inference-engine';
import type { ModelFolder } from '../../../src/model-registry/model-version';
import type { InferRequest } from '../../../src/open-inference/infer-request';
import { ModelFolders } from '../inference/model-folders';
import { aRemoteEngine } from './a-remote-engine';
import { type InferAnswer, sendPlain, sendTensors, startRemoteServer } from './remote-server';

type Remote = Awaited<ReturnType<typeof startRemoteServer>>;

const input = (name: string, shape: readonly number[]) => ({ name, datatype: 'FP32', shape });
const metadata = { name: 'm', versions: ['1'], platform: 'x', inputs: [input('x', [-1, 2])], outputs: [input('y', [-1, 1])] };
/** As the two servers describe themselves. */
const triton = { name: 'triton', version: '2.55.0', extensions: ['classification', 'binary_tensor_data', 'statistics'] };
const mlserver = { name: 'mlserver', version: '1.6.1', extensions: [] };
const row = { kind: 'features', features: { values: [1, 2] } } as const;

/** Sums the features of each row. */
const sums =
  (isBinary = false): InferAnswer =>
  (response, request) => {
    const [x] = request.inputs;
    const data = x?.data as Float32Array;
    const rows = x?.shape[0] as number;
    const y = Float32Array.from({ length: rows }, (_, at) => (data[2 * at] as number) + (data[2 * at + 1] as number));
    sendTensors(response, [{ name: 'y', datatype: 'FP32', shape: [rows, 1], data: y }], isBinary);
  };
const status =
  (code: number, headers: Record<string, string> = {}): InferAnswer =>
  (response) =>
    sendPlain(response, code, '{"error":"what the server said"}', headers);
const breakOff: InferAnswer = (response) => response.destroy();
const half: InferAnswer = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"outputs":[', () => response.destroy());
};

describe('RemoteInferenceEngine', () => {
  const folders = new ModelFolders();
  const engine = aRemoteEngine();
  const servers: Remote[] = [];
  let made = 0;
  afterAll(async () => {
    await engine.stop();
    await Promise.all(servers.map((server) => server.stop()));
    folders.remove();
  });

  async function start(described: Parameters<typeof startRemoteServer>[0]): Promise<Remote> {
    const server = await startRemoteServer(described);
    servers.push(server);
    return server;
  }
  /** As the repository finds it: a folder that holds nothing but a manifest. */
  async function load(remote: object, more: object = {}): Promise<LoadedVersion> {
    const version = String(++made);
    folders.add('m', version, null, { remote, ...more });
    const found = (await new FileModelRepository(folders.root).scan()).find((folder) => folder.version === version);
    return engine.load(found as ModelFolder);
  }
  async function loaded(remote: object = {}, server: unknown = triton) {
    const house = await start({ server, metadata });
    return { house, version: await load({ url: house.url, ...remote }, { task: 'regression' }) };
  }
  const sumOf = async (version: LoadedVersion) => {
    const { answer } = await version.infer(row);
    return answer.kind === 'regression' ? answer.value : null;
  };

  it.each([
    ['Triton, in binary data', triton, true],
    ['MLServer, in JSON', mlserver, false],
    ['a server that does not describe itself', null, false],
  ])('answers by %s', async (_, server, isBinary) => {
    const { house, version } = await loaded({}, server);
    house.answer(sums(isBinary));
    expect(version.description).toMatchObject({
      kind: 'tabular',
      task: 'regression',
      device: 'remote',
      features: [{ name: 'x_0' }, { name: 'x_1' }],
    });
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, i) => version.infer({ kind: 'features', features: { values: [i, 1] } })),
    );
    expect(results.map(({ answer }) => answer)).toEqual(Array.from({ length: 40 }, (_, i) => ({ kind: 'regression', value: i + 1 })));
    const inferences = house.seen.filter(({ infer }) => infer !== null);
    expect(inferences.every(({ headers }) => (headers['inference-header-content-length'] !== undefined) === isBinary)).toBe(true);
    expect(inferences.length).toBeLessThan(40);
    expect(house.seen.filter(({ path }) => path === '/v2/models/m')).toHaveLength(1);
  });

  it('reads a recorded answer of Triton', async () => {
    const { house, version } = await loaded();
    house.answer((response) => {
      const header =
        '{"model_name":"m","model_version":"1","parameters":{"sequence_id":0,"sequence_start":false,"sequence_end":false},"outputs":[{"name":"y","datatype":"FP32","shape":[1,1],"parameters":{"binary_data_size":4}}]}';
      const body = Buffer.concat([Buffer.from(header), Buffer.from(Float32Array.of(2.5).buffer)]);
      response
        .writeHead(200, { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(header.length) })
        .end(body);
    });
    expect(await sumOf(version)).toBe(2.5);
  });

  it('reads a recorded answer of MLServer', async () => {
    const { house, version } = await loaded({}, mlserver);
    const answer =
      '{"model_name":"m","id":"7e1a","parameters":{"content_type":"np"},"outputs":[{"name":"y","shape":[1,1],"datatype":"FP32","parameters":{"content_type":"np"},"data":[2.5]}]}';
    house.answer((response) => sendPlain(response, 200, answer));
    expect(await sumOf(version)).toBe(2.5);
  });

  it('reads classes and their scores, as the manifest says what they are', async () => {
    const classes = { ...metadata, outputs: [{ ...input('label', [-1]), datatype: 'INT64' }, input('probabilities', [-1, 2])] };
    const house = await start({ server: mlserver, metadata: classes });
    const version = await load({ url: house.url }, { classLabels: ['no', 'yes'] });
    house.answer((response) =>
      sendTensors(
        response,
        [
          { name: 'probabilities', datatype: 'FP32', shape: [1, 2], data: Float32Array.of(0.25, 0.75) },
          { name: 'label', datatype: 'INT64', shape: [1], data: BigInt64Array.of(1n) },
        ],
        false,
      ),
    );
    expect((await version.infer(row)).answer).toMatchObject({ label: 'yes', confidence: 0.75 });
  });

  it('fills up a model of a fixed batch size', async () => {
    const fixed = { ...metadata, inputs: [input('x', [3, 2])], outputs: [input('y', [3, 1])] };
    const house = await start({ metadata: fixed });
    const version = await load({ url: house.url }, { task: 'regression' });
    house.answer(sums());
    expect(await sumOf(version)).toBe(3);
    expect(house.seen.at(-1)?.infer?.inputs[0]?.shape).toEqual([3, 2]);
  });

  it('passes tensors on whole', async () => {
    const { house, version } = await loaded();
    house.answer(sums(true));
    const x = { name: 'x', datatype: 'FP32' as const, shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
    expect(await version.inferTensors([x])).toMatchObject({ rows: 2, outputs: [{ name: 'y', data: Float32Array.of(3, 7) }] });
  });

  it('sends the headers of the manifest and of a file, and asks for the version and model that it names', async () => {
    const house = await start({ metadata });
    const file = join(folders.root, 'headers.json');
    writeFileSync(file, JSON.stringify({ authorization: 'Bearer secret' }));
    const version = await load(
      { url: `${house.url}/v2/`, model: 'a b', version: '7', headers: { 'x-tenant': 't' }, headersFile: file },
      { task: 'regression' },
    );
    house.answer(sums());
    await sumOf(version);
    expect(house.seen.at(-1)).toMatchObject({
      path: '/v2/models/a%20b/versions/7/infer',
      headers: { authorization: 'Bearer secret', 'x-tenant': 't' },
    });
  });

  it.each<[string, InferAnswer[]]>([
    ['says 503 twice', [status(503), status(503, { 'retry-after': '0' }), sums(true)]],
    ['breaks off, then in the middle of its answer', [breakOff, half, sums(true)]],
  ])('tries again when the server %s', async (_, answers) => {
    const { house, version } = await loaded();
    house.answer(...answers);
    expect(await sumOf(version)).toBe(3);
    expect(house.seen.filter(({ infer }) => infer)).toHaveLength(3);
  });

  it.each<[string, InferAnswer, object, number]>([
    ['stays busy', status(503), { code: 'OVERLOADED', details: { retryAfterMs: 1000 } }, 4],
    [
      'is busy for longer than there is time',
      status(503, { 'retry-after': '60' }),
      { code: 'OVERLOADED', details: { retryAfterMs: 60_000 } },
      1,
    ],
    ['says 429', status(429, { 'retry-after-ms': '70' }), { code: 'OVERLOADED', details: { retryAfterMs: 70 } }, 1],
    ['refuses the input', status(400), { code: 'INVALID_INPUT', message: expect.stringContaining('what the server said') }, 1],
    ['refuses us', status(401), { code: 'MODEL_NOT_READY', message: expect.stringContaining('remote.headers') }, 1],
    ['has lost the model', status(404), { code: 'MODEL_NOT_READY' }, 1],
    ['fails', status(500), { code: 'INTERNAL_SERVER_ERROR' }, 1],
    ['was too slow behind its proxy', status(504), { code: 'DEADLINE_EXCEEDED' }, 1],
    ['always breaks off', breakOff, { code: 'MODEL_NOT_READY', details: { retryAfterMs: 1000 } }, 4],
    ['answers a page', (response) => sendPlain(response, 200, '<html>'), { code: 'INTERNAL_SERVER_ERROR' }, 1],
    ['answers nothing', (response) => sendPlain(response, 200, '{"outputs":[]}'), { code: 'INTERNAL_SERVER_ERROR' }, 1],
    [
      'answers NaN',
      (response) => sendTensors(response, [{ name: 'y', datatype: 'FP32', shape: [1, 1], data: Float32Array.of(Number.NaN) }], true),
      { code: 'INTERNAL_SERVER_ERROR' },
      1,
    ],
  ])('says so when the server %s', async (_, answer, failure, tries) => {
    const { house, version } = await loaded();
    house.answer(answer);
    await expect(version.infer(row)).rejects.toMatchObject(failure);
    expect(house.seen.filter(({ infer }) => infer)).toHaveLength(tries);
  });

  it.each([
    ['the time of its manifest', { timeoutMs: 30 }, {}],
    ["the row's deadline", {}, { inMs: 30 }],
  ])('gives a silent server up after %s', async (_, remote, { inMs }: { inMs?: number }) => {
    const { house, version } = await loaded(remote);
    const hungUp = new Promise<void>((resolve) => house.answer((response) => response.once('close', resolve)));
    const deadlineAtMs = inMs === undefined ? undefined : performance.now() + inMs;
    await expect(version.infer(row, { deadlineAtMs })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await hungUp;
  });

  it('hangs up when the client has gone', async () => {
    const { house, version } = await loaded();
    const client = new AbortController();
    const hungUp = new Promise<void>((resolve) =>
      house.answer((response) => {
        response.once('close', resolve);
        client.abort();
      }),
    );
    await expect(version.infer(row, { signal: client.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    await hungUp;
  });

  it('keeps a row that the server refuses from its neighbours', async () => {
    const { house, version } = await loaded({}, mlserver);
    const picky: InferAnswer = (response, request: InferRequest) => {
      const data = request.inputs[0]?.data as Float32Array;
      if (data.includes(13)) status(400)(response, request);
      else sums()(response, request);
    };
    house.answer(picky);
    const settled = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => version.infer({ kind: 'features', features: { values: [i, 0] } })),
    );
    expect(settled.flatMap((one, at) => (one.status === 'rejected' ? [at] : []))).toEqual([13]);
  });

  it('leaves a server alone that failed again and again', async () => {
    const { house, version } = await loaded();
    house.answer(status(500));
    for (let i = 0; i < 5; i++) await expect(version.infer(row)).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    await expect(version.infer(row)).rejects.toMatchObject({
      code: 'MODEL_NOT_READY',
      message: expect.stringContaining('left alone'),
      details: { retryAfterMs: expect.any(Number) },
    });
    expect(house.seen.filter(({ infer }) => infer)).toHaveLength(5);
  });

  it('passes tensors on to a model that is neither of rows nor of pictures, and its outputs back', async () => {
    const whole = { ...metadata, inputs: [input('x', [-1, -1, 2])], outputs: [input('y', [-1, -1])] };
    const house = await start({ server: triton, metadata: whole });
    const y = { name: 'y', datatype: 'FP32', shape: [1, 1], data: Float32Array.of(7) } as const;
    house.answer((response) => sendTensors(response, [y], true));
    const version = await load({ url: house.url });
    expect(version.description).toMatchObject({ kind: 'raw', task: 'raw', device: 'remote' });
    const x = { name: 'x', datatype: 'FP32', shape: [1, 1, 2], data: Float32Array.of(3, 4) } as const;
    const { answer, outputs, inputFeatures } = await version.infer({ kind: 'tensors', tensors: [x] }, { wantsOutputs: true });
    expect({ answer, outputs, inputFeatures }).toEqual({
      answer: { kind: 'raw' },
      outputs: [y],
      inputFeatures: { x_mean: 3.5, x_std: 0.5 },
    });
    expect(house.seen.at(-1)?.infer?.inputs).toEqual([x]);
  });

  it('fills up tensors for a fixed batch size, and asks for all outputs where a row wants them', async () => {
    const fixed = { ...metadata, inputs: [input('x', [4, 2])], outputs: [input('y', [4, 1])] };
    const house = await start({ server: triton, metadata: fixed });
    house.answer(sums(true));
    const version = await load({ url: house.url }, { task: 'regression' });
    const x = { name: 'x', datatype: 'FP32', shape: [5, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) } as const;
    expect((await version.inferTensors([x])).outputs).toEqual([
      { name: 'y', datatype: 'FP32', shape: [5, 1], data: Float32Array.of(3, 7, 11, 15, 19) },
    ]);
    const { outputs } = await version.infer(row, { wantsOutputs: true });
    expect(outputs).toEqual([{ name: 'y', datatype: 'FP32', shape: [1, 1], data: Float32Array.of(3) }]);
    expect(house.seen.at(-1)?.infer?.outputs ?? null).toBeNull();
  });

  describe('refuses to load, with a sentence,', () => {
    it('a server that is not there', async () => {
      const gone = await startRemoteServer({ metadata });
      await gone.stop();
      await expect(load({ url: gone.url })).rejects.toMatchObject({
        code: 'MODEL_NOT_READY',
        message: expect.stringContaining('cannot be reached'),
      });
    });

    it('a model that is not ready, which may pass', async () => {
      const house = await start({ metadata, readyStatus: 400 });
      await expect(load({ url: house.url })).rejects.toMatchObject({
        code: 'MODEL_NOT_READY',
        message: expect.stringMatching(/not ready/),
      });
    });

    it.each<[string, Parameters<typeof startRemoteServer>[0], object, RegExp]>([
      ['metadata that are none', { metadata: { inputs: 7 } }, {}, /lists no inputs/],
      ['metadata without inputs', { metadata: { ...metadata, inputs: [] } }, {}, /which inputs the model has. List them in model.json/],
      [
        'pictures in half floats',
        { metadata: { ...metadata, inputs: [{ ...input('x', [-1, 3, 8, 8]), datatype: 'FP16' }] } },
        { kind: 'image' },
        /is FP16, which only tensors are sent as.*FP32/,
      ],
      [
        'pictures of another size',
        { metadata: { ...metadata, inputs: [input('x', [-1, 3, 8, 8])] } },
        { preprocessing: [{ type: 'Resize', size: [9, 8] }, { type: 'ToTensor' }] },
        /wants height 8/,
      ],
      [
        'scores in half floats',
        { metadata: { ...metadata, outputs: [{ ...input('y', [-1, 2]), datatype: 'FP16' }] } },
        { output: { name: 'y' } },
        /neither FP32/,
      ],
    ])('%s', async (_, described, more, sentence) => {
      const house = await start(described);
      await expect(load({ url: house.url }, more)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringMatching(sentence),
      });
    });

    it('a file of headers that is not there', async () => {
      const house = await start({ metadata });
      await expect(load({ url: house.url, headersFile: 'nowhere.json' })).rejects.toThrow(/headersFile "nowhere.json".*ENOENT/);
    });
  });
});

import { request } from 'node:http';
import type { LoadedVersion } from '../../src/model-registry/inference-engine';
import { ModelControl } from '../../src/model-registry/model-control';
import { ModelRegistry } from '../../src/model-registry/model-registry';
import { decodeInferRequest } from '../../src/open-inference/infer-request';
import { decodeInferResponse, type InferResponse } from '../../src/open-inference/infer-response';
import { headerLengthName, type Message } from '../../src/open-inference/message';
import type { Tensor } from '../../src/open-inference/tensor';
import { aDescription, aModelFolder, FakeModelRepository } from '../fakes/fake-inference-engine';
import { FakeLogger } from '../fakes/fake-logger';
import { FakeModelLabelStore } from '../fakes/fake-model-label-store';
import { fakeOpenInference } from '../fakes/fake-open-inference';
import { exchanges, messageOf, models, servers, statistics, tritonClientCalls } from '../fixtures/open-inference/recorded';
import { startTestServer } from './http-harness';
import { shapes } from './open-inference-shapes';

type Signatures = LoadedVersion['description']['inputs'];

interface Computed {
  readonly inputs: Signatures;
  readonly outputs: Signatures;
  readonly compute: (inputs: readonly Tensor[]) => readonly Tensor[];
}

/** The server with one model of one version, 1, whose graph is what the test says. */
async function startHouse(model: string, { inputs, outputs, compute }: Computed) {
  const asked: (readonly Tensor[])[] = [];
  const loaded: LoadedVersion = {
    source: { sizeBytes: 0, sha256: 'ab' },
    description: { ...aDescription, inputs, outputs },
    queueDepth: 0,
    infer: () => Promise.reject(new Error('only tensors are asked for here')),
    inferTensors: async (tensors) => {
      asked.push(tensors);
      return {
        outputs: compute(tensors),
        rows: 1,
        timing: { queueMs: 1, preprocessMs: 0, inferenceMs: 3, postprocessMs: 0, batchSize: 1 },
      };
    },
    unload: async () => {},
  };
  const repository = new FakeModelRepository([aModelFolder(model, '1', { wantsChampion: true })]);
  const registry = new ModelRegistry({
    repository,
    engine: { load: async () => loaded, stop: async () => {} },
    labels: new FakeModelLabelStore(),
    now: () => new Date(0),
    logger: new FakeLogger(),
  });
  await registry.start();
  const { services } = await fakeOpenInference(() => performance.now());
  const control = new ModelControl({ registry, repository });
  const house = await startTestServer({ openInference: { ...services, registry, control } });
  return { ...house, asked };
}

interface Answer {
  readonly status: number;
  readonly header: string | undefined;
  readonly body: Buffer;
}

/** No header but what is given and the length: Node's fetch would add a content-type. */
function post(url: string, { body, headerLength }: Message, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = headerLength === null ? {} : { [headerLengthName]: String(headerLength) };
    const outgoing = request(url, { method: 'POST', headers: { ...headers, ...length, 'content-length': body.length } }, (response) => {
      const chunks: Buffer[] = [];
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            header: response.headers[headerLengthName] as string | undefined,
            body: Buffer.concat(chunks),
          }),
        );
    });
    outgoing.on('error', reject).end(body);
  });
}

function jsonOf({ header, body }: Answer): unknown {
  return JSON.parse(body.subarray(0, header === undefined ? body.length : Number(header)).toString());
}

function readResponse(answer: Answer): InferResponse {
  expect(answer.status).toBe(200);
  shapes.response.parse(jsonOf(answer));
  return decodeInferResponse({ body: answer.body, headerLength: answer.header === undefined ? null : Number(answer.header) });
}

const signaturesOf = (tensors: readonly Tensor[]): Signatures =>
  tensors.map(({ name, datatype, shape }) => ({ name, datatype, shape: shape.map(() => -1) }));

describe('the shapes that answers are held against', () => {
  it('fit what other servers were recorded to say', () => {
    for (const { body } of servers) shapes.server.parse(JSON.parse(body));
    for (const { body } of models) shapes.model.parse(JSON.parse(body));
    for (const { body } of statistics) shapes.statistics.parse(JSON.parse(body));
    for (const { response } of exchanges) shapes.response.parse({ model_name: 'm', ...JSON.parse(response.body) });
  });

  it('do not fit just anything', () => {
    const [{ body = '' } = {}] = statistics;
    const misspelt = JSON.parse(body.replace('compute_infer', 'compute_inference'));
    expect(shapes.statistics.safeParse(misspelt).success).toBe(false);
    expect(shapes.response.safeParse({ model_name: 'm', outputs: [{ name: 'y', shape: [1], datatype: 'FP32' }] }).success).toBe(false);
  });
});

describe('a recorded request is answered as it was by the server it was sent to', () => {
  const whole = exchanges.flatMap(({ name, request: asked, response }) => (asked ? [[name, asked, response] as const] : []));

  it.each(whole)('%s', async (_, asked, recorded) => {
    const wanted = decodeInferResponse(messageOf(recorded));
    const given = decodeInferRequest(messageOf(asked));
    const model = asked.path.split('/')[3] as string;
    const {
      url,
      stop,
      asked: seen,
    } = await startHouse(model, {
      inputs: signaturesOf(given.inputs),
      outputs: signaturesOf(wanted.outputs),
      compute: () => wanted.outputs,
    });
    const answer = readResponse(await post(`${url}${asked.path}`, messageOf(asked), asked.headers));
    await stop();
    expect(seen).toEqual([given.inputs]);
    expect(answer).toEqual({ modelName: model, modelVersion: '1', id: given.id, parameters: {}, outputs: wanted.outputs });
  });
});

describe("Triton's Python client", () => {
  const pair: Computed = {
    inputs: [
      { name: 'x', datatype: 'FP32', shape: [-1, 1] },
      { name: 'name', datatype: 'BYTES', shape: [-1, 1] },
    ],
    outputs: [
      { name: 'y', datatype: 'FP32', shape: [-1, 1] },
      { name: 'greeting', datatype: 'BYTES', shape: [-1, 1] },
    ],
    compute: (inputs) => {
      const [xs, names] = inputs.map(({ data }) => data) as [Float32Array, readonly string[]];
      return [
        { name: 'y', datatype: 'FP32', shape: [2, 1], data: xs.map((one) => 2 * one) },
        { name: 'greeting', datatype: 'BYTES', shape: [2, 1], data: names.map((one) => `hello ${one}`) },
      ];
    },
  };
  const y = { name: 'y', datatype: 'FP32', shape: [2, 1], data: Float32Array.of(0.5, 1) };
  const greeting = { name: 'greeting', datatype: 'BYTES', shape: [2, 1], data: ['hello ada', 'hello grac'] };
  const ready = [{ name: 'pair', version: '1', state: 'READY', reason: '' }];

  it('is answered whatever it calls', async () => {
    const { url, stop } = await startHouse('pair', pair);
    const answers: Answer[] = [];
    for (const call of tritonClientCalls) answers.push(await post(`${url}${call.path}`, messageOf(call)));
    const [binary, chosen, json, index, unloaded, loaded] = answers as [Answer, Answer, Answer, Answer, Answer, Answer];
    expect(readResponse(binary)).toMatchObject({ modelName: 'pair', modelVersion: '1', id: '1', outputs: [y, greeting] });
    expect(binary.header).toBeDefined();
    expect(readResponse(chosen)).toMatchObject({ id: null, outputs: [greeting] });
    expect(chosen.header).toBeDefined();
    expect(readResponse(json)).toMatchObject({ outputs: [y] });
    expect(json.header).toBeUndefined();
    expect(shapes.index.parse(jsonOf(index))).toEqual(ready);
    expect([unloaded, loaded].map(({ status, body }) => [status, body.length])).toEqual([
      [200, 0],
      [200, 0],
    ]);
    await stop();
  });

  it('reads what it asks for without a body, in the shapes of the protocol', async () => {
    const { url, stop } = await startHouse('pair', pair);
    await post(`${url}/v2/models/pair/infer`, messageOf(tritonClientCalls[0] as (typeof tritonClientCalls)[0]));
    const get = async (path: string) => JSON.parse(await (await fetch(`${url}${path}`)).text());
    shapes.server.parse(await get('/v2'));
    expect(shapes.model.parse(await get('/v2/models/pair/versions/1'))).toMatchObject({ inputs: pair.inputs, outputs: pair.outputs });
    shapes.ready.parse(await get('/v2/models/pair/ready'));
    for (const path of ['/v2/models/stats', '/v2/models/pair/stats', '/v2/models/pair/versions/1/stats'])
      expect(shapes.statistics.parse(await get(path)).model_stats[0]).toMatchObject({ inference_count: 1, execution_count: 1 });
    for (const path of ['/v2/models/nobody', '/v2/models/nobody/stats', '/v2/models/pair/config']) shapes.failure.parse(await get(path));
    const refused = await post(`${url}/v2/models/pair/infer`, { body: Buffer.from('{}'), headerLength: null });
    expect(refused.status).toBe(400);
    shapes.failure.parse(jsonOf(refused));
    await stop();
  });
});

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { CircuitBreaker } from '../../../src/concurrency/circuit-breaker';
import { FileModelRepository } from '../../../src/inference/file-model-repository';
import { OpenInferenceClient } from '../../../src/inference/remote/open-inference-client';
import type { ModelFolder } from '../../../src/model-registry/model-version';
import { type Exchange, exchanges, failures, from, messageOf, models, servers } from '../../fixtures/open-inference/recorded';
import { ModelFolders } from '../inference/model-folders';
import { aRemoteEngine } from './a-remote-engine';

const elapsedMs = () => performance.now();

interface Recording {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly binary?: string;
}

interface Heard {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Says nothing but what was recorded, by path; 404 elsewhere. */
async function startRecording(recordings: Readonly<Record<string, Recording>>) {
  const heard = new Map<string, Heard>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    heard.set(path, { headers: request.headers, body: Buffer.concat(chunks).toString('latin1') });
    const recording = recordings[path];
    if (!recording) return response.writeHead(404).end();
    const { body, headerLength } = messageOf(recording);
    const length = headerLength === null ? {} : { 'inference-header-content-length': String(headerLength) };
    return response.writeHead(recording.status ?? 200, { ...recording.headers, ...length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new OpenInferenceClient({
    ...{ url, model: 'm', version: null, headers: {}, timeoutMs: 10_000, maxConnections: 1, elapsedMs, random: () => 0 },
    breaker: new CircuitBreaker({ failuresToOpen: 5, openMs: 1_000, elapsedMs }),
  });
  const stop = async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, heard, client, stop };
}

type Server = Awaited<ReturnType<typeof startRecording>>;

async function during<T>(recordings: Readonly<Record<string, Recording>>, use: (server: Server) => Promise<T>): Promise<T> {
  const server = await startRecording(recordings);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

const emptyMessage = { body: Buffer.from('{"inputs":[]}'), headerLength: null };
const limits = { deadlineAtMs: null, signal: null };

describe('our client reads what was recorded of', () => {
  it.each(servers.map((one) => [one.from, one] as const))('a server: %s', async (_, { body }) => {
    const extensions = await during({ '/v2': { body } }, ({ client }) => client.extensions());
    expect(extensions).toEqual(JSON.parse(body).extensions);
  });

  it.each(models.map((one) => [one.from, one] as const))('a model: %s', async (_, { body }) => {
    const { inputs, outputs, versions } = JSON.parse(body);
    const metadata = await during({ '/v2/models/m': { body } }, ({ client }) => client.metadata());
    expect(metadata).toMatchObject({ inputs, outputs, versions: versions ?? [] });
  });

  it.each([
    ['Triton, with nothing but its status', { headers: { 'content-type': 'text/plain' }, body: '' }, true],
    ['Triton, of a model that is not ready', { status: 400, body: '' }, false],
    ['KServe', { body: '{"name":"sklearn-v2-iris","ready":true}' }, true],
  ])('readiness: %s', async (_, recording, isReady) => {
    expect(await during({ '/v2/models/m/ready': recording }, ({ client }) => client.isReady())).toBe(isReady);
  });

  it.each(exchanges.map((one) => [one.name, one] as const))('an inference: %s', async (_, { response }) => {
    const { model_name = null, model_version = null, id = null, outputs } = JSON.parse(response.body);
    const read = await during({ '/v2/models/m/infer': response }, ({ client }) => client.infer(emptyMessage, limits));
    expect(read).toMatchObject({ modelName: model_name, modelVersion: model_version, id });
    const plain = read.outputs.map(({ data, ...rest }) => ({ ...rest, data: Array.from<unknown>(data).map(Number) }));
    const numbers = (data: readonly number[] = [1, 1.1, 2, 2.1, 3, 3.1]) => data.map((one) => expect.closeTo(one, 6));
    type Output = { readonly name: string; readonly shape: unknown; readonly datatype: unknown; readonly data?: readonly number[] };
    expect(plain).toEqual(outputs.map(({ name, shape, datatype, data }: Output) => ({ name, shape, datatype, data: numbers(data) })));
  });

  it.each(failures.map((one) => [one.from, one] as const))('a failure: %s', async (_, { status, body, code, says }) => {
    const failing = during({ '/v2/models/m/infer': { status, body } }, ({ client }) => client.infer(emptyMessage, limits));
    await expect(failing).rejects.toMatchObject({ code, message: expect.stringContaining(says) });
  });
});

describe('a version is computed by what was recorded', () => {
  const folders = new ModelFolders();
  const engine = aRemoteEngine();
  let made = 0;
  afterAll(async () => {
    await engine.stop();
    folders.remove();
  });
  async function load(manifest: object) {
    const directory = folders.add('m', String(++made), null, manifest);
    const found = await new FileModelRepository(folders.root).scan();
    return engine.load(found.find((one) => one.directory === directory) as ModelFolder);
  }
  const recorded = (name: string) => exchanges.find((one) => one.name === name) as Required<Exchange>;

  it('of Triton: a picture', async () => {
    const { response } = recorded('a picture of cifar10');
    const house = {
      '/v2': from(servers, 'triton-core'),
      '/v2/models/cifar10': from(models, 'kserve-multimodel'),
      '/v2/models/cifar10/ready': { body: '' },
      '/v2/models/cifar10/infer': response,
    };
    const classLabels = ['plane', 'car', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
    const bytes = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#808080' } })
      .jpeg()
      .toBuffer();
    await during(house, async ({ url, heard }) => {
      const version = await load({ classLabels, remote: { url, model: 'cifar10' } });
      expect((await version.infer({ kind: 'image', bytes })).answer).toMatchObject({
        label: 'cat',
        confidence: expect.closeTo(0.52544, 5),
      });
      const { headers, body } = heard.get('/v2/models/cifar10/infer') as Heard;
      const sent = JSON.parse(body.slice(0, Number(headers['inference-header-content-length'])));
      expect(sent).toEqual({
        parameters: { binary_data_output: true, timeout: expect.any(Number) },
        inputs: [{ name: 'INPUT__0', datatype: 'FP32', shape: [1, 3, 32, 32], parameters: { binary_data_size: 4 * 3 * 32 * 32 } }],
        outputs: [{ name: 'OUTPUT__0' }],
      });
      // The time that is left, in microseconds.
      expect(sent.parameters.timeout).toBeLessThanOrEqual(10_000_000);
      await version.unload();
    });
  });

  it('of KServe and MLServer, who do not describe the model: features, asked for as in the recorded request', async () => {
    const { request, response } = recorded('wine of MLflow');
    const house = {
      '/v2': from(servers, 'mlserver-tests'),
      '/v2/models/m': from(models, 'kserve-server'),
      '/v2/models/m/ready': { body: '{"name":"m","ready":true}' },
      '/v2/models/m/infer': response,
    };
    type Input = { readonly name: string; readonly data: readonly number[] };
    const asked = JSON.parse(request.body) as { readonly inputs: readonly Input[] };
    await during(house, async ({ url, heard }) => {
      const version = await load({
        task: 'regression',
        remote: {
          url,
          parameters: { content_type: 'pd' },
          inputs: asked.inputs.map(({ name }) => ({ name, datatype: 'FP32', shape: [-1] })),
          outputs: [{ name: 'predict', datatype: 'FP64', shape: [-1] }],
        },
      });
      const features = Object.fromEntries(asked.inputs.map(({ name, data }) => [name, data[0] as number]));
      expect((await version.infer({ kind: 'features', features })).answer).toEqual({ kind: 'regression', value: 5.576883936610762 });
      const { body } = heard.get('/v2/models/m/infer') as Heard;
      const close = asked.inputs.map((input) => ({ ...input, data: input.data.map((one) => expect.closeTo(one, 5)) }));
      expect(JSON.parse(body)).toEqual({ ...asked, inputs: close, outputs: [{ name: 'predict' }] });
      await version.unload();
    });
  });
});

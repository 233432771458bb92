import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { FileModelRepository } from '../../../src/inference/file-model-repository';
import { defaultBatching } from '../../../src/inference/onnx-inference-engine';
import type { AnsweringVersion, LoadedVersion } from '../../../src/model-registry/inference-engine';
import { ModelRegistry } from '../../../src/model-registry/model-registry';
import type { ModelFolder } from '../../../src/model-registry/model-version';
import { startTestServer, type TestServer } from '../../e2e/http-harness';
import { FakeLogger } from '../../fakes/fake-logger';
import { FakeModelLabelStore } from '../../fakes/fake-model-label-store';
import { fakeOpenInference } from '../../fakes/fake-open-inference';
import { anOnnxEngine } from '../inference/an-onnx-engine';
import { ModelFolders } from '../inference/model-folders';
import { aRemoteEngine } from './a-remote-engine';
import { type InferAnswer, sendPlain, sendTensors, startRemoteServer } from './remote-server';

const root = join(__dirname, '../../..');
const elapsedMs = () => performance.now();
/** Rows alone: the runtime adds up in another order for other batch sizes, and answers shall be compared to the last bit. */
const alone = { ...defaultBatching, maxBatchSize: 1 };
const folder = join(root, 'demo/data/digits/images');
const pictures = readdirSync(folder)
  .slice(0, 40)
  .map((name) => readFileSync(join(folder, name)));
const folders = new ModelFolders();
let made = 0;

/** As the repository finds it: a folder that holds nothing but a manifest. */
async function remoteFolder(manifest: object): Promise<ModelFolder> {
  const directory = folders.add('digits', String(++made), null, manifest);
  const found = await new FileModelRepository(folders.root).scan();
  return found.find((one) => one.directory === directory) as ModelFolder;
}

const probabilitiesOf = (loaded: AnsweringVersion) =>
  Promise.all(
    pictures.map(async (bytes) => {
      const { answer, inputFeatures } = await loaded.infer({ kind: 'image', bytes });
      return { answer, inputFeatures };
    }),
  );

/** Passes everything on but the question what the server can, as servers do that know JSON only. */
async function startPlainDoor(behind: string) {
  const seen: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    if (request.url === '/v2') return sendPlain(response, 404, '{}');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push(request.headers['content-type']);
    const body = request.method === 'POST' ? Buffer.concat(chunks) : null;
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${behind}${request.url}`, { method: request.method ?? 'GET', headers, body });
    sendPlain(response, answer.status, await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen, stop: () => new Promise((resolve) => server.close(resolve)) };
}

describe('the sample pictures, computed by another server', () => {
  const registry = new ModelRegistry({
    repository: new FileModelRepository(join(root, 'models')),
    engine: anOnnxEngine({ batching: alone }),
    labels: new FakeModelLabelStore(),
    now: () => new Date(0),
    logger: new FakeLogger(),
  });
  let house: TestServer;
  beforeAll(async () => {
    await registry.start();
    const { services } = await fakeOpenInference(elapsedMs);
    house = await startTestServer({ openInference: { ...services, registry } });
  });
  const engines = [aRemoteEngine({ batching: alone }), aRemoteEngine()] as const;
  afterAll(async () => {
    await Promise.all(engines.map((engine) => engine.stop()));
    await house.stop();
    await registry.stop();
    folders.remove();
  });

  /** The graph is not seen from afar: what its scores are has to be said. */
  function manifestOf(version: string, url: string): object {
    const { champion: _, ...manifest } = JSON.parse(readFileSync(join(root, 'models/digits', version, 'model.json'), 'utf8'));
    const { outputs } = registry.resolve('digits', version).loaded.description;
    const [name] = outputs.map((output) => output.name);
    return { ...manifest, output: { name, scores: name === 'probabilities' ? 'probabilities' : 'logits' }, remote: { url, version } };
  }

  it.each(['1', '2', '3'])('version %s answers to the last bit as it answers here, in binary data and in JSON', async (version) => {
    const here = await probabilitiesOf(registry.resolve('digits', version).loaded);
    const binary = await engines[0].load(await remoteFolder(manifestOf(version, house.url)));
    expect(await probabilitiesOf(binary)).toEqual(here);
    const door = await startPlainDoor(house.url);
    const plain = await engines[0].load(await remoteFolder(manifestOf(version, door.url)));
    expect(await probabilitiesOf(plain)).toEqual(here);
    expect(door.seen.filter((type) => type === 'application/json')).toHaveLength(pictures.length);
    expect(binary.description).toEqual({
      ...registry.resolve('digits', version).loaded.description,
      device: 'remote',
      threads: null,
      parameterCount: null,
    });
    await Promise.all([plain.unload(), binary.unload()]);
    await door.stop();
  });

  it('many pictures travel together', async () => {
    const here = await probabilitiesOf(registry.resolve('digits', '3').loaded);
    const there = await engines[1].load(await remoteFolder(manifestOf('3', house.url)));
    const classes = (all: typeof here) => all.map(({ answer }) => (answer.kind === 'classification' ? answer.classIndex : null));
    const requests = () => house.requests.filter(({ method }) => method === 'POST').length;
    const before = requests();
    expect(classes(await probabilitiesOf(there))).toEqual(classes(here));
    expect(requests() - before).toBeLessThan(pictures.length);
  });

  it('bytes that are no picture are refused here', async () => {
    const there = await engines[1].load(await remoteFolder(manifestOf('1', house.url)));
    await expect(there.infer({ kind: 'image', bytes: Buffer.from('no picture') })).rejects.toMatchObject({ code: 'INVALID_IMAGE' });
    await expect(there.infer({ kind: 'features', features: { values: [1] } })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('a server that takes the levels of pixels', () => {
  const engine = aRemoteEngine();
  const servers: Awaited<ReturnType<typeof startRemoteServer>>[] = [];
  afterAll(async () => {
    await engine.stop();
    await Promise.all(servers.map((server) => server.stop()));
  });

  async function load(shape: readonly number[], more: object = {}): Promise<{ house: (typeof servers)[0]; version: LoadedVersion }> {
    const metadata = { inputs: [{ name: 'x', datatype: 'UINT8', shape }], outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 1] }] };
    const house = await startRemoteServer({ server: { extensions: ['binary_tensor_data'] }, metadata });
    servers.push(house);
    const preprocessing = [{ type: 'Resize', size: [2, 2] }, { type: 'PILToTensor' }];
    const manifest = { kind: 'image', task: 'regression', preprocessing, remote: { url: house.url }, ...more };
    return { house, version: await engine.load(await remoteFolder(manifest)) };
  }
  const levels = [1, 2, 3, 40, 50, 60, 7, 8, 9, 255, 254, 0];
  const png = (data: readonly number[]) =>
    sharp(Uint8Array.from(data), { raw: { width: 2, height: 2, channels: 3 } })
      .png()
      .toBuffer();
  /** The first level of each row; a row that begins with 13 is refused. */
  const firstLevels: InferAnswer = (response, request) => {
    const [x] = request.inputs;
    const rows = x?.shape[0] as number;
    const pixels = x?.data as Uint8Array;
    const data = Float32Array.from({ length: rows }, (_, row) => pixels[row * 12] as number);
    if (data.includes(13)) sendPlain(response, 400, '{"error":"not this one"}');
    else sendTensors(response, [{ name: 'y', datatype: 'FP32', shape: [rows, 1], data }], true);
  };
  const ask = async (version: LoadedVersion, data: readonly number[]) =>
    (await version.infer({ kind: 'image', bytes: await png(data) })).answer;

  it.each([
    ['NHWC', [-1, 2, 2, 3], {}, levels],
    ['NHWC, in BGR', [-1, 2, 2, 3], { channelOrder: 'BGR' }, [3, 2, 1, 60, 50, 40, 9, 8, 7, 0, 254, 255]],
    ['NCHW', [-1, 3, 2, 2], {}, [1, 40, 7, 255, 2, 50, 8, 254, 3, 60, 9, 0]],
  ])('gets them as %s', async (_, shape, more, wanted) => {
    const { house, version } = await load(shape, more);
    house.answer(firstLevels);
    await ask(version, levels);
    expect(house.seen.at(-1)?.infer?.inputs).toEqual([
      { name: 'x', datatype: 'UINT8', shape: [1, ...shape.slice(1)], data: Uint8Array.from(wanted) },
    ]);
  });

  it('gets the rows of a fixed batch filled up', async () => {
    const { house, version } = await load([3, 2, 2, 3]);
    house.answer(firstLevels);
    expect(await ask(version, levels)).toEqual({ kind: 'regression', value: 1 });
    const [x] = house.seen.at(-1)?.infer?.inputs ?? [];
    expect(x).toMatchObject({ shape: [3, 2, 2, 3], data: Uint8Array.from([...levels, ...levels, ...levels]) });
  });

  it('refuses one, and answers its neighbours', async () => {
    const { house, version } = await load([-1, 2, 2, 3]);
    house.answer(firstLevels);
    const firsts = Array.from({ length: 30 }, (_, i) => i);
    const settled = await Promise.allSettled(firsts.map((first) => ask(version, [first, ...levels.slice(1)])));
    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : null))).toEqual(
      firsts.map((value) => (value === 13 ? null : { kind: 'regression', value })),
    );
  });
});

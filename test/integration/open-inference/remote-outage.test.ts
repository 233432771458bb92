import { readiness } from '../../../src/http/readiness';
import { FileModelRepository } from '../../../src/inference/file-model-repository';
import { LiveStats } from '../../../src/live-stats/live-stats';
import { ModelRegistry } from '../../../src/model-registry/model-registry';
import { TensorPredictor } from '../../../src/prediction/tensor-predictor';
import { startTestServer, type TestServer } from '../../e2e/http-harness';
import { FakeLogger } from '../../fakes/fake-logger';
import { FakeModelLabelStore } from '../../fakes/fake-model-label-store';
import { fakeOpenInference } from '../../fakes/fake-open-inference';
import { FakeReplicaStatsStore } from '../../fakes/fake-replica-stats-store';
import { ModelFolders } from '../inference/model-folders';
import { aRemoteEngine } from './a-remote-engine';
import { sendTensors, startRemoteServer } from './remote-server';

const metadata = {
  inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }],
  outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 1] }],
};
const y = { name: 'y', datatype: 'FP32' as const, shape: [1, 1], data: Float32Array.of(3) };
const openMs = 5_000;

describe('the server of a version goes away while it serves', () => {
  const folders = new ModelFolders();
  // The clock of the breaker; what is waited for is on the clock of Node.
  let nowMs = 0;
  const elapsedMs = () => nowMs;
  let registry: ModelRegistry;
  let house: TestServer;
  let far: Awaited<ReturnType<typeof startRemoteServer>>;

  async function startFar(port = 0): Promise<void> {
    far = await startRemoteServer({ metadata, port });
    far.answer((response) => sendTensors(response, [y], false));
  }
  beforeAll(async () => {
    await startFar();
    folders.add('m', '1', null, { task: 'regression', remote: { url: far.url } });
    registry = new ModelRegistry({
      repository: new FileModelRepository(folders.root),
      engine: aRemoteEngine({ elapsedMs }),
      labels: new FakeModelLabelStore(),
      now: () => new Date(0),
      logger: new FakeLogger(),
    });
    await registry.start();
    const statistics = new LiveStats({
      ...{ replicaId: 'a', store: new FakeReplicaStatsStore(), queueDepth: () => 0 },
      ...{ now: () => new Date(0), logger: new FakeLogger() },
    });
    const tensors = new TensorPredictor({ observers: [statistics], elapsedMs });
    const { services } = await fakeOpenInference();
    house = await startTestServer({
      openInference: { ...services, registry, statistics, tensors },
      readiness: () =>
        readiness({
          modelsWithoutChampion: registry.modelsWithoutChampion(),
          journalHasRoom: true,
          ingestLagMs: 0,
          databaseSilentMs: 0,
        }),
    });
  });
  afterAll(async () => {
    await house.stop();
    await registry.stop();
    await far.stop();
    folders.remove();
  });

  const row = { kind: 'features', features: { values: [1, 2] } } as const;
  const ask = () => registry.resolve('m', null).loaded.infer(row);
  async function expectReady(): Promise<void> {
    const ready = await fetch(`${house.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', missing: [] }]);
    expect(registry.model('m').versions[0]?.state).toBe('READY');
  }
  async function inferThere() {
    const x = { name: 'x', datatype: 'FP32', shape: [1, 2], data: [1, 2] };
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${house.url}/v2/models/m/infer`, { method: 'POST', headers, body: JSON.stringify({ inputs: [x] }) });
    return { status: response.status, retryAfterMs: response.headers.get('retry-after-ms'), body: await response.json() };
  }
  const modelReady = async () => (await fetch(`${house.url}/v2/models/m/ready`)).status;
  const unreachable = { code: 'MODEL_NOT_READY', message: expect.stringContaining('cannot be reached'), details: { retryAfterMs: 1_000 } };
  const leftAlone = (retryAfterMs: number) => ({
    code: 'MODEL_NOT_READY',
    message: expect.stringContaining('left alone'),
    details: { retryAfterMs },
  });

  it('is said at once, costs nobody else anything, and mends itself', async () => {
    expect((await ask()).answer).toEqual({ kind: 'regression', value: 3 });
    expect(await inferThere()).toMatchObject({ status: 200, body: { outputs: [{ data: [3] }] } });
    const { port } = far;
    await far.stop();

    for (let failures = 0; failures < 5; failures++) await expect(ask()).rejects.toMatchObject(unreachable);
    await expect(ask()).rejects.toMatchObject(leftAlone(openMs));
    expect(await inferThere()).toMatchObject({ status: 503, retryAfterMs: String(openMs) });
    await expectReady();
    expect(await modelReady()).toBe(503);

    // Back, but nobody knows: what is asked of it until then is counted by the server itself.
    await startFar(port);
    nowMs += openMs - 1;
    await expect(ask()).rejects.toMatchObject(leftAlone(1));
    expect(far.seen).toEqual([]);
    nowMs += 1;
    // Worth a try: the one who is let through first shows it.
    expect(await modelReady()).toBe(200);
    expect((await ask()).answer).toEqual({ kind: 'regression', value: 3 });
    expect(await inferThere()).toMatchObject({ status: 200 });
    await expectReady();
  });

  it('shows in its statistics as it would in those of a version that is computed here', async () => {
    const { model_stats: stats } = JSON.parse(await (await fetch(`${house.url}/v2/models/m/versions/1/stats`)).text());
    expect(stats).toMatchObject([
      { name: 'm', version: '1', inference_count: 2, execution_count: 2, inference_stats: { success: { count: 2 }, fail: { count: 1 } } },
    ]);
  });
});

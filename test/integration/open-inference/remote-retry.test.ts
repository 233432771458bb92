import { FileModelRepository } from '../../../src/inference/file-model-repository';
import { ModelRegistry } from '../../../src/model-registry/model-registry';
import { FakeLogger } from '../../fakes/fake-logger';
import { FakeModelLabelStore } from '../../fakes/fake-model-label-store';
import { ModelFolders } from '../inference/model-folders';
import { aRemoteEngine } from './a-remote-engine';
import { startRemoteServer } from './remote-server';

const metadata = {
  name: 'm',
  inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }],
  outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 1] }],
};

describe('a remote version whose server was not ready', () => {
  const folders = new ModelFolders();
  const engine = aRemoteEngine();
  afterAll(() => folders.remove());

  it('is tried again until it is; one that will never fit is not', async () => {
    const described = { metadata, readyStatus: 503 };
    const server = await startRemoteServer(described);
    const halves = { inputs: [{ name: 'x', datatype: 'FP16', shape: [-1, 2] }], outputs: metadata.outputs };
    const unfit = await startRemoteServer({ metadata: halves });
    folders.add('m', '1', null, { remote: { url: server.url }, task: 'regression' });
    folders.add('unfit', '1', null, { remote: { url: unfit.url } });
    const registry = new ModelRegistry({
      repository: new FileModelRepository(folders.root),
      engine,
      labels: new FakeModelLabelStore(),
      now: () => new Date(0),
      logger: new FakeLogger(),
    });
    const states = () => registry.models().map(({ name, versions }) => `${name} ${versions[0]?.state}`);
    await registry.start();
    expect(states()).toEqual(['m FAILED', 'unfit FAILED']);
    await registry.retryFailed();
    expect(states()).toEqual(['m FAILED', 'unfit FAILED']);
    described.readyStatus = 200;
    const asked = unfit.seen.length;
    await registry.retryFailed();
    expect(states()).toEqual(['m READY', 'unfit FAILED']);
    expect(unfit.seen).toHaveLength(asked);
    await registry.stop();
    await Promise.all([server.stop(), unfit.stop()]);
  });
});

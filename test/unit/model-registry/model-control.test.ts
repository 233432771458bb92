import { AppError } from '../../../src/errors';
import { ModelControl } from '../../../src/model-registry/model-control';
import { ModelRegistry } from '../../../src/model-registry/model-registry';
import { aModelFolder, FakeInferenceEngine, FakeModelRepository } from '../../fakes/fake-inference-engine';
import { FakeLogger } from '../../fakes/fake-logger';
import { FakeModelLabelStore } from '../../fakes/fake-model-label-store';

/** `digits` with versions 1 (champion), 2 and 3. */
async function aHouse() {
  const folders = ['1', '2', '3'].map((version) => aModelFolder('digits', version, { wantsChampion: version === '1' }));
  const repository = new FakeModelRepository(folders);
  const engine = new FakeInferenceEngine();
  const inUse = new Set<string>();
  const registry = new ModelRegistry({
    repository,
    engine,
    labels: new FakeModelLabelStore(),
    now: () => new Date(0),
    logger: new FakeLogger(),
    neededBy: async (_, version) => (inUse.has(version) ? 'experiment "e" is RUNNING on it' : null),
  });
  await registry.start();
  const states = () => registry.model('digits').versions.map(({ state }) => state);
  return { repository, engine, inUse, registry, states, control: new ModelControl({ registry, repository }) };
}

describe('a whole model', () => {
  it('goes with its champion, keeps its labels, and comes back', async () => {
    const { control, registry, states } = await aHouse();
    await control.unload('digits', null);
    expect(states()).toEqual(['UNLOADED', 'UNLOADED', 'UNLOADED']);
    expect(registry.modelsWithoutChampion()).toEqual(['digits']);
    await control.load('digits', null);
    expect(states()).toEqual(['READY', 'READY', 'READY']);
    expect(registry.resolve('digits', null).version).toBe('1');
  });

  it('stays whole while an experiment runs on one of its versions', async () => {
    const { control, inUse, states } = await aHouse();
    inUse.add('3');
    await expect(control.unload('digits', null)).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringMatching(/version 3: experiment "e" is RUNNING/),
    });
    expect(states()).toEqual(['READY', 'READY', 'READY']);
  });

  it('is loaded with what came into its folder, and as far as it can be', async () => {
    const { control, engine, repository, states } = await aHouse();
    repository.folders = [...repository.folders, aModelFolder('digits', '4')];
    engine.loadFailures.set('2', new AppError('INVALID_INPUT', 'Not ONNX.'));
    await expect(control.load('digits', null)).rejects.toMatchObject({
      code: 'MODEL_NOT_READY',
      message: expect.stringMatching(/^Version 2 of digits could not be loaded: Not ONNX\./),
    });
    expect(states()).toEqual(['READY', 'READY', 'READY', 'READY']);
    expect(engine.loads.slice(3)).toEqual(['digits/1@ab', 'digits/3@ab', 'digits/4@ab']);
  });

  it('whose folders are gone says so of each', async () => {
    const { control, repository } = await aHouse();
    repository.folders = [];
    await expect(control.load('digits', null)).rejects.toMatchObject({
      message: expect.stringMatching(/Version 1 .* gone.*Version 3 .* gone/),
    });
    await expect(control.load('nobody', null)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});

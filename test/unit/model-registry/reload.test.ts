import { AppError } from '../../../src/errors';
import { ModelRegistry, type ModelRegistryOptions } from '../../../src/model-registry/model-registry';
import { aModelFolder, FakeInferenceEngine, FakeModelRepository } from '../../fakes/fake-inference-engine';
import { FakeLogger } from '../../fakes/fake-logger';
import { FakeModelLabelStore } from '../../fakes/fake-model-label-store';

const row = { kind: 'features', features: { x: 0.7 } } as const;

async function aRegistry(options: Partial<ModelRegistryOptions> = {}) {
  const repository = new FakeModelRepository([aModelFolder('digits', '1', { wantsChampion: true }), aModelFolder('digits', '2')]);
  const engine = new FakeInferenceEngine();
  const labels = new FakeModelLabelStore();
  const registry = new ModelRegistry({ repository, engine, labels, now: () => new Date(0), logger: new FakeLogger(), ...options });
  await registry.start();
  const version = (name: string) => registry.model('digits').versions.find((one) => one.version === name);
  const put = (...changed: FakeModelRepository['folders']) => {
    const isChanged = (folder: { readonly version: string }) => changed.some((one) => one.version === folder.version);
    repository.folders = [...repository.folders.filter((folder) => !isChanged(folder)), ...changed];
  };
  const take = (name: string) => {
    repository.folders = repository.folders.filter((folder) => folder.version !== name);
  };
  return { registry, repository, engine, labels, version, put, take };
}

describe('loading a version again', () => {
  it('lets the new one take over, then unloads the old one', async () => {
    const { registry, engine, version, put } = await aRegistry();
    const held = registry.resolve('digits', '2').loaded;
    put(aModelFolder('digits', '2', { sha256: 'cd' }));
    await registry.loadVersion('digits', '2');
    expect(version('2')).toMatchObject({ state: 'READY', sha256: 'cd', reloadError: null });
    expect(engine.loads.slice(2)).toEqual(['digits/2@cd']);
    expect(engine.unloaded).toEqual(['digits/2']);
    // Whoever resolved it before is answered by the new one.
    await expect(held.infer(row)).resolves.toMatchObject({ answer: { confidence: 0.7 } });
    expect(engine.answeredBy).toEqual(['cd']);
  });

  it.each([
    [
      'a file that the engine refuses',
      (engine: FakeInferenceEngine) => engine.loadFailures.set('2', new AppError('INVALID_INPUT', 'Not ONNX.')),
    ],
    ['anything else that goes wrong', (engine: FakeInferenceEngine) => engine.loadFailures.set('2', new Error('odd'))],
  ])('changes nothing that serves after %s, and says why', async (_, fail) => {
    const { registry, engine, version, put } = await aRegistry();
    fail(engine);
    put(aModelFolder('digits', '2', { sha256: 'cd' }));
    await expect(registry.loadVersion('digits', '2')).rejects.toMatchObject({
      code: 'MODEL_NOT_READY',
      message: expect.stringMatching(/^Version 2 of digits could not be loaded: .*What served before goes on\.$/),
    });
    expect(version('2')).toMatchObject({ state: 'READY', sha256: 'ab', reloadError: expect.any(String) });
    expect(engine.unloaded).toEqual([]);
    await expect(registry.resolve('digits', '2').loaded.infer(row)).resolves.toBeDefined();
  });

  it('unloads what was loaded when what belongs to it cannot be stored', async () => {
    let isAway = false;
    const onReady = async () => {
      if (isAway) throw new AppError('DATABASE_UNAVAILABLE', 'The database is away.');
    };
    const { registry, engine, version } = await aRegistry({ onReady });
    isAway = true;
    await expect(registry.loadVersion('digits', '2')).rejects.toMatchObject({ code: 'MODEL_NOT_READY' });
    expect(engine.unloaded).toEqual(['digits/2']);
    isAway = false;
    await registry.retryFailed();
    expect(version('2')).toMatchObject({ state: 'READY', reloadError: null });
    expect(engine.loads).toHaveLength(4);
    await registry.retryFailed();
    expect(engine.loads).toHaveLength(4);
  });

  it('loads what came later, with the labels that it asks for, and leaves the champion', async () => {
    const { registry, put } = await aRegistry();
    put(aModelFolder('digits', '3', { wantedLabels: ['canary'], wantsChampion: true }));
    const { versions } = await registry.loadVersion('digits', '3');
    expect(versions.map(({ version, state }) => `${version} ${state}`)).toEqual(['1 READY', '2 READY', '3 READY']);
    expect(registry.resolve('digits', 'canary').version).toBe('3');
    expect(registry.resolve('digits', null).version).toBe('1');
  });

  it.each([
    ['MODEL_NOT_FOUND', 'other', '1'],
    ['VERSION_NOT_FOUND', 'digits', '9'],
    ['VERSION_NOT_FOUND', 'digits', 'champion'],
  ])('answers %s for %s %s', async (code, model, version) => {
    const { registry } = await aRegistry();
    await expect(registry.loadVersion(model, version)).rejects.toMatchObject({ code });
  });

  it('takes turns: two loads of one version never overlap', async () => {
    const { registry, engine } = await aRegistry();
    await Promise.all([registry.loadVersion('digits', '2'), registry.loadVersion('digits', '2'), registry.loadVersion('digits', '2')]);
    expect(engine.loads.filter((load) => load.startsWith('digits/2'))).toHaveLength(4);
    expect(engine.unloaded).toHaveLength(3);
    expect(engine.mostLoadingAtOnce.get('2')).toBe(1);
  });
});

describe('unloading a version', () => {
  it('frees it, says so to whoever asks, and loads it again', async () => {
    const { registry, engine, version } = await aRegistry();
    const held = registry.resolve('digits', '2').loaded;
    await registry.unloadVersion('digits', '2');
    expect(version('2')?.state).toBe('UNLOADED');
    expect(engine.unloaded).toEqual(['digits/2']);
    const notReady = {
      code: 'MODEL_NOT_READY',
      message: 'Version 2 of digits is unloaded. Ask for another version, or load it with loadModelVersion.',
    };
    expect(() => registry.resolve('digits', '2')).toThrow(expect.objectContaining(notReady));
    await expect(held.infer(row)).rejects.toMatchObject(notReady);
    await expect(held.inferTensors([])).rejects.toMatchObject(notReady);
    await registry.unloadVersion('digits', '2');
    await registry.loadVersion('digits', '2');
    await expect(held.infer(row)).resolves.toBeDefined();
  });

  it('refuses the champion, also one that another replica has just made', async () => {
    const { registry, labels, version } = await aRegistry();
    await expect(registry.unloadVersion('digits', '1')).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining('champion of digits'),
    });
    await labels.set({ model: 'digits', label: 'champion', version: '2' });
    await expect(registry.unloadVersion('digits', '2')).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect(version('2')?.state).toBe('READY');
  });

  it('refuses what something else needs, and names that', async () => {
    const neededBy = async (_: string, version: string) => (version === '2' ? 'experiment "e" is RUNNING on it' : null);
    const { registry } = await aRegistry({ neededBy });
    await expect(registry.unloadVersion('digits', '2')).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: 'Version 2 of digits cannot be unloaded: experiment "e" is RUNNING on it.',
    });
  });

  it('lets no label point at it', async () => {
    const { registry } = await aRegistry();
    await registry.unloadVersion('digits', '2');
    await expect(registry.setLabel('digits', 'champion', '2')).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });
});

describe('following the folder', () => {
  it('loads what changed', async () => {
    const { registry, version, put } = await aRegistry();
    put(aModelFolder('digits', '2', { sha256: 'cd', fingerprint: 'g' }));
    await registry.follow('digits', '2');
    expect(version('2')).toMatchObject({ state: 'READY', sha256: 'cd' });
    expect(registry.knownFolders()).toContainEqual({ model: 'digits', version: '2', fingerprint: 'g' });
  });

  it('leaves what a person unloaded, and has seen its change', async () => {
    const { registry, version, put } = await aRegistry();
    await registry.unloadVersion('digits', '2');
    put(aModelFolder('digits', '2', { fingerprint: 'g' }));
    await registry.follow('digits', '2');
    expect(version('2')?.state).toBe('UNLOADED');
    expect(registry.knownFolders()).toContainEqual({ model: 'digits', version: '2', fingerprint: 'g' });
  });

  it('forgets what is gone', async () => {
    const { registry, engine, version, take } = await aRegistry();
    take('2');
    await registry.follow('digits', '2');
    expect(version('2')).toBeUndefined();
    expect(engine.unloaded).toEqual(['digits/2']);
  });

  it('keeps a champion whose folder is gone, and says so, until another is champion', async () => {
    const { registry, engine, version, take } = await aRegistry();
    take('1');
    await registry.follow('digits', '1');
    expect(version('1')).toMatchObject({
      state: 'READY',
      reloadError: expect.stringMatching(/^Its folder is gone, and it stays in memory because/),
    });
    await registry.setLabel('digits', 'champion', '2');
    await registry.follow('digits', '1');
    expect(version('1')).toBeUndefined();
    expect(engine.unloaded).toEqual(['digits/1']);
  });

  it('has the same folder back as news, and complains no more', async () => {
    const { registry, version, take, put } = await aRegistry();
    const known = () => registry.knownFolders().find((one) => one.version === '1')?.fingerprint;
    const folder = aModelFolder('digits', '1');
    take('1');
    await registry.follow('digits', '1');
    expect(known()).not.toBe(folder.fingerprint);
    put(folder);
    await registry.follow('digits', '1');
    expect(version('1')).toMatchObject({ state: 'READY', reloadError: null });
    expect(known()).toBe(folder.fingerprint);
  });

  it('lets the champion go, too, when the whole model is taken away', async () => {
    const { registry, engine, take } = await aRegistry();
    take('1');
    take('2');
    for (const version of ['1', '2']) await registry.follow('digits', version);
    expect(registry.models()).toEqual([]);
    expect(engine.unloaded).toEqual(['digits/1', 'digits/2']);
    expect(() => registry.resolve('digits', null)).toThrow(expect.objectContaining({ code: 'MODEL_NOT_FOUND' }));
  });

  it('does not load what was let go meanwhile', async () => {
    const { registry, engine, version, take, put } = await aRegistry();
    take('2');
    const gone = registry.follow('digits', '2');
    const loading = registry.loadVersion('digits', '2').catch((error: AppError) => error.code);
    put(aModelFolder('digits', '2', { sha256: 'cd' }));
    await Promise.all([gone, loading]);
    expect(engine.loads.length - engine.unloaded.length).toBe(version('2') ? 2 : 1);
  });
});

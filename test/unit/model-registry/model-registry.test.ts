import { AppError } from '../../../src/errors';
import { ModelRegistry } from '../../../src/model-registry/model-registry';
import type { ModelFolder } from '../../../src/model-registry/model-version';
import { aModelFolder, FakeInferenceEngine, FakeModelRepository } from '../../fakes/fake-inference-engine';
import { FakeLogger } from '../../fakes/fake-logger';
import { FakeModelLabelStore } from '../../fakes/fake-model-label-store';

const digits = [aModelFolder('digits', '1', { wantsChampion: true }), aModelFolder('digits', '2'), aModelFolder('digits', '10')];

async function startRegistry(
  folders: ConstructorParameters<typeof FakeModelRepository>[0],
  engine = new FakeInferenceEngine(),
  labels = new FakeModelLabelStore(),
) {
  const ready: string[] = [];
  const registry = new ModelRegistry({
    repository: new FakeModelRepository(folders),
    engine,
    labels,
    now: () => new Date(0),
    logger: new FakeLogger(),
    onReady: async (folder: ModelFolder) => {
      ready.push(folder.version);
    },
  });
  await registry.start();
  return { registry, engine, labels, ready };
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : 'not an AppError';
  }
}

describe('ModelRegistry', () => {
  it('serves the version whose manifest wants to be champion, else the highest', async () => {
    const { registry } = await startRegistry([...digits, aModelFolder('other', '9'), aModelFolder('other', '10')]);
    expect(registry.resolve('digits', null).version).toBe('1');
    expect(registry.resolve('other', null).version).toBe('10');
    expect(registry.model('digits').versions.map((version) => version.version)).toEqual(['1', '2', '10']);
  });

  it('leaves the champion where a person put it, whatever manifests want at the next start', async () => {
    const first = await startRegistry(digits);
    await first.registry.setLabel('digits', 'champion', '10');
    const second = await startRegistry(digits, new FakeInferenceEngine(), first.labels);
    expect(second.registry.resolve('digits', null).version).toBe('10');
  });

  it('finds a version by its name or by a label', async () => {
    const { registry } = await startRegistry([...digits.slice(0, 2), aModelFolder('digits', '3', { wantedLabels: ['canary'] })]);
    expect(registry.resolve('digits', '2').version).toBe('2');
    expect(registry.resolve('digits', 'canary').version).toBe('3');
    expect(registry.resolve('digits', 'champion').version).toBe('1');
  });

  it('keeps serving when one version cannot be loaded or read', async () => {
    const engine = new FakeInferenceEngine();
    engine.loadFailures.set('2', new AppError('INVALID_INPUT', 'It is not an ONNX model.'));
    const broken = { model: 'digits', version: '4', directory: '/x', problem: 'model.onnx is missing.', fingerprint: '' };
    const { registry, ready } = await startRegistry([...digits, broken], engine);
    const states = registry
      .model('digits')
      .versions.map((version) => [version.version, version.state, version.state === 'FAILED' ? version.error : '']);
    expect(states).toEqual([
      ['1', 'READY', ''],
      ['2', 'FAILED', 'It is not an ONNX model.'],
      ['4', 'FAILED', 'model.onnx is missing.'],
      ['10', 'READY', ''],
    ]);
    expect(ready.sort()).toEqual(['1', '10']);
    expect(registry.modelsWithoutChampion()).toEqual([]);
    expect(codeOf(() => registry.resolve('digits', '2'))).toBe('MODEL_NOT_READY');
  });

  it.each([
    ['MODEL_NOT_FOUND', 'nothing', null],
    ['VERSION_NOT_FOUND', 'digits', '7'],
  ])('answers %s for %s %s and names what there is', async (code, model, version) => {
    const { registry } = await startRegistry(digits);
    expect(codeOf(() => registry.resolve(model, version))).toBe(code);
  });

  it.each([
    ['a version that is not there', 'canary', '7', 'VERSION_NOT_FOUND'],
    ['a label that is no name', '1canary', '2', 'BAD_USER_INPUT'],
    ['an empty label', '', '2', 'BAD_USER_INPUT'],
  ])('refuses %s', async (_, label, version, code) => {
    const { registry } = await startRegistry(digits);
    await expect(registry.setLabel('digits', label, version)).rejects.toMatchObject({ code });
    expect(registry.model('digits').labels).toHaveLength(1);
  });

  it('refuses to point a label at a version that failed', async () => {
    const engine = new FakeInferenceEngine();
    engine.loadFailures.set('2', new Error('broken'));
    const { registry } = await startRegistry(digits, engine);
    await expect(registry.setLabel('digits', 'champion', '2')).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });

  it('unloads everything when it stops', async () => {
    const { registry, engine } = await startRegistry(digits);
    await registry.stop();
    expect(engine.unloaded).toHaveLength(3);
    expect(engine.stopped).toBe(true);
  });
});

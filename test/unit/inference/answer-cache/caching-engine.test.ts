import type { AnswerStore } from '../../../../src/inference/answer-cache/answer-store';
import { CachingEngine } from '../../../../src/inference/answer-cache/caching-engine';
import { MemoryAnswerStore } from '../../../../src/inference/answer-cache/memory-answer-store';
import type { ModelInput } from '../../../../src/model-registry/inference-engine';
import { ModelRegistry } from '../../../../src/model-registry/model-registry';
import type { ModelFolder } from '../../../../src/model-registry/model-version';
import { aModelFolder, FakeInferenceEngine, FakeModelRepository } from '../../../fakes/fake-inference-engine';
import { FakeLogger } from '../../../fakes/fake-logger';
import { FakeModelLabelStore } from '../../../fakes/fake-model-label-store';

const elapsedMs = () => performance.now();
const cached = JSON.stringify({ cache: true });
const row: ModelInput = { kind: 'features', features: { x: 0.5 } };
const aStore = () => new MemoryAnswerStore({ maxEntries: 100, maxBytes: 100_000, elapsedMs });

/** `shared`: what outlives a load; two houses may have the same. */
function house({ shared = null as AnswerStore | null, build = '1.0.0' } = {}) {
  const inner = new FakeInferenceEngine();
  const lookups: string[] = [];
  const engine = new CachingEngine({
    ...{ inner, shared, build, elapsedMs },
    onLookup: ({ model, version, isHit }) => lookups.push(`${model}/${version} ${isHit ? 'hit' : 'miss'}`),
  });
  return { inner, engine, lookups };
}

async function isAnsweredFromCache(engine: CachingEngine, folder: ModelFolder): Promise<boolean> {
  const version = await engine.load(folder);
  return (await version.infer(row)).timing.batchSize === 0;
}

describe('versions with a cache', () => {
  it.each(['{}', '{"cache":false}'])('are only those that ask for it: %s is handed through as it is', async (manifest) => {
    const { engine, inner, lookups } = house();
    const version = await engine.load(aModelFolder('digits', '1', { manifest }));
    expect(version.constructor).toBe(Object);
    for (let round = 0; round < 2; round++) await version.infer(row);
    expect([inner.inferences, lookups]).toEqual([2, []]);
  });

  it('tell under which name they looked', async () => {
    const { engine, lookups } = house();
    const version = await engine.load(aModelFolder('digits', '1', { manifest: cached }));
    for (let round = 0; round < 2; round++) await version.infer(row);
    expect(lookups).toEqual(['digits/1 miss', 'digits/1 hit']);
  });

  it('have the room that the manifest says', async () => {
    const { engine, inner } = house();
    const version = await engine.load(aModelFolder('digits', '1', { manifest: JSON.stringify({ cache: { maxEntries: 1 } }) }));
    for (const x of [1, 2, 1]) await version.infer({ kind: 'features', features: { x } });
    expect(inner.inferences).toBe(3);
  });

  it('answer together what replicas with the same files have computed', async () => {
    const shared = aStore();
    const folder = aModelFolder('digits', '1', { manifest: cached });
    expect(await isAnsweredFromCache(house({ shared }).engine, folder)).toBe(false);
    expect(await isAnsweredFromCache(house({ shared }).engine, folder)).toBe(true);
    expect(await isAnsweredFromCache(house().engine, folder)).toBe(false);
  });

  it.each<[string, Partial<ModelFolder>, string?]>([
    ['another version', { version: '2' }],
    ['another model', { model: 'letters' }],
    ['another file', { sha256: 'cd' }],
    ['another manifest', { manifest: JSON.stringify({ cache: true, classLabels: ['a', 'b'] }) }],
    ['another build', {}, '2.0.0'],
  ])('never answer for %s', async (_, more, build = '1.0.0') => {
    const shared = aStore();
    const folder = aModelFolder('digits', '1', { manifest: cached });
    expect(await isAnsweredFromCache(house({ shared }).engine, folder)).toBe(false);
    expect(await isAnsweredFromCache(house({ shared, build }).engine, { ...folder, ...more })).toBe(false);
  });

  it('never answer for other weights in a file of their own', async () => {
    const shared = aStore();
    const withWeights = (weightsSha256: readonly string[]) => {
      const { engine, inner } = house({ shared });
      const load = inner.load.bind(inner);
      inner.load = async (folder) => {
        const loaded = await load(folder);
        return { ...loaded, source: { ...loaded.source, weightsSha256 } };
      };
      return isAnsweredFromCache(engine, aModelFolder('digits', '1', { manifest: cached }));
    };
    expect([await withWeights(['ab', 'cd']), await withWeights(['abcd']), await withWeights(['ab', 'cd'])]).toEqual([false, false, true]);
  });

  it('whose server may change its model keep nothing beyond a load', async () => {
    const shared = aStore();
    const manifest = JSON.stringify({ cache: true, remote: { url: 'http://triton:8000' } });
    for (let load = 0; load < 2; load++)
      expect(await isAnsweredFromCache(house({ shared }).engine, aModelFolder('digits', '1', { manifest }))).toBe(false);
    expect(shared.size).toBe(0);
  });

  it('end with the engine', async () => {
    const { engine, inner } = house();
    await engine.stop();
    expect(inner.stopped).toBe(true);
  });
});

describe('a version that is loaded again', () => {
  it.each([
    ['keeps its answers in memory', null],
    ['shares its answers', aStore()],
  ])('answers with the file that serves, never with what an older one computed: it %s', async (_, shared) => {
    const { engine, inner } = house({ shared });
    const folder = (sha256: string) => aModelFolder('digits', '1', { sha256, manifest: cached });
    const repository = new FakeModelRepository([folder('old')]);
    const registry = new ModelRegistry({
      repository,
      engine,
      labels: new FakeModelLabelStore(),
      now: () => new Date(),
      logger: new FakeLogger(),
    });
    await registry.start();
    const { loaded } = registry.resolve('digits', '1');
    for (let round = 0; round < 3; round++) await loaded.infer(row);
    expect(inner.answeredBy).toEqual(['old']);
    repository.folders = [folder('new')];
    await registry.loadVersion('digits', '1');
    for (let round = 0; round < 3; round++) await loaded.infer(row);
    expect(inner.answeredBy).toEqual(['old', 'new']);
    await registry.stop();
  });
});

import { AppError } from '../../../../src/errors';
import type { AnswerStore } from '../../../../src/inference/answer-cache/answer-store';
import { CachedVersion } from '../../../../src/inference/answer-cache/cached-version';
import { MemoryAnswerStore } from '../../../../src/inference/answer-cache/memory-answer-store';
import type {
  InferenceRequest,
  InferenceResult,
  LoadedVersion,
  ModelInput,
  TensorInference,
} from '../../../../src/model-registry/inference-engine';
import type { Tensor } from '../../../../src/open-inference/tensor';
import { aDescription } from '../../../fakes/fake-inference-engine';

const elapsedMs = () => performance.now();
const timing = { queueMs: 1, preprocessMs: 2, inferenceMs: 3, postprocessMs: 0, batchSize: 4 };
const row = (x: number): ModelInput => ({ kind: 'features', features: { x } });
const tensorOf = (x: number): Tensor => ({ name: 'x', datatype: 'FP32', shape: [1, 1], data: Float32Array.of(x) });

interface Job {
  readonly request: InferenceRequest;
  done(): void;
  fail(error: Error): void;
}

/** A version whose computations end when the test says so, each with another answer; `isQuick`: at once. */
class HeldVersion implements LoadedVersion {
  readonly source = { sizeBytes: 1, sha256: 'ab' };
  readonly description = aDescription;
  readonly queueDepth = 7;
  readonly jobs: Job[] = [];
  isQuick = false;
  isUnloaded = false;

  infer(input: ModelInput, request: InferenceRequest = {}): Promise<InferenceResult> {
    const x = input.kind === 'features' ? Number(input.features.x) : 0;
    return this.#job(request, (value) => ({
      answer: { kind: 'regression', value },
      inputFeatures: { x },
      timing,
      outputs: request.wantsOutputs ? [tensorOf(value)] : undefined,
    }));
  }

  inferTensors(_inputs: readonly Tensor[], request: InferenceRequest = {}): Promise<TensorInference> {
    return this.#job(request, (value) => ({ outputs: [tensorOf(value)], rows: 1, timing }));
  }

  async unload(): Promise<void> {
    this.isUnloaded = true;
  }

  #job<T>(request: InferenceRequest, answer: (value: number) => T): Promise<T> {
    return new Promise((resolve, fail) => {
      const value = this.jobs.length + 1;
      const job = { request, fail, done: () => resolve(answer(value)) };
      this.jobs.push(job);
      if (this.isQuick) job.done();
    });
  }
}

function house(store: AnswerStore = new MemoryAnswerStore({ maxEntries: 100, maxBytes: 100_000, elapsedMs })) {
  const inner = new HeldVersion();
  const lookups: boolean[] = [];
  const onLookup = ({ isHit }: { readonly isHit: boolean }) => lookups.push(isHit);
  const version = new CachedVersion({
    ...{ inner, store, elapsedMs, onLookup },
    ...{ identity: 'ab'.repeat(32), ttlMs: 1_000, maxOutputBytes: 1_000 },
  });
  return { inner, version, lookups };
}

/** Until all that is ready to happen has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const numberOf = ({ answer }: InferenceResult) => (answer.kind === 'regression' ? answer.value : null);
const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'answered',
    (error: AppError) => error.code,
  );

describe('a version with a cache', () => {
  it('computes an input once, and says of later answers that nothing was computed', async () => {
    const { inner, version, lookups } = house();
    inner.isQuick = true;
    const first = await version.infer(row(1));
    expect(first).toMatchObject({ answer: { value: 1 }, timing: { inferenceMs: 3, batchSize: 4 } });
    const again = await version.infer(row(1));
    expect(again).toMatchObject({ answer: { value: 1 }, inputFeatures: { x: 1 }, timing: { queueMs: 0, inferenceMs: 0, batchSize: 0 } });
    expect(await version.infer(row(2))).toMatchObject({ answer: { value: 2 } });
    expect(lookups).toEqual([false, true, false]);
  });

  it('records each input as it was sent, though another that reads the same was computed', async () => {
    const { inner, version } = house();
    inner.isQuick = true;
    await version.infer(row(0.1));
    const again = await version.infer(row(Math.fround(0.1)));
    expect(again).toMatchObject({ answer: { value: 1 }, inputFeatures: { x: Math.fround(0.1) } });
  });

  it('keeps what is answered to predictions, with their outputs, and to tensors apart', async () => {
    const { inner, version } = house();
    inner.isQuick = true;
    const tensors: ModelInput = { kind: 'tensors', tensors: [tensorOf(1)] };
    for (let round = 0; round < 2; round++) {
      expect(await version.infer(tensors)).toMatchObject({ answer: { value: 1 }, outputs: undefined });
      expect(await version.infer(tensors, { wantsOutputs: true })).toMatchObject({ answer: { value: 2 }, outputs: [tensorOf(2)] });
      expect(await version.inferTensors([tensorOf(1)])).toMatchObject({ rows: 1, outputs: [tensorOf(3)] });
    }
    expect(inner.jobs).toHaveLength(3);
  });

  it('does not keep outputs that are too large', async () => {
    const { inner, version, lookups } = house();
    inner.isQuick = true;
    inner.inferTensors = async () => ({
      outputs: [{ name: 'y', datatype: 'FP64', shape: [126], data: new Float64Array(126) }],
      rows: 1,
      timing,
    });
    for (let round = 0; round < 2; round++) await version.inferTensors([tensorOf(1)]);
    expect(lookups).toEqual([false, false]);
  });

  it('computes once for all who ask at the same time', async () => {
    const { inner, version, lookups } = house();
    const asked = [version.infer(row(1)), version.infer(row(1)), version.infer(row(1))];
    await settled();
    expect(inner.jobs).toHaveLength(1);
    inner.jobs[0]?.done();
    const results = await Promise.all(asked);
    expect(results.map(numberOf)).toEqual([1, 1, 1]);
    expect(results.map((one) => one.timing.batchSize)).toEqual([4, 0, 0]);
    expect([...lookups].sort()).toEqual([false, true, true]);
  });

  it('never keeps an error, and tells it to all who waited', async () => {
    const { inner, version } = house();
    const asked = [version.infer(row(1)), version.infer(row(1))].map(codeOf);
    await settled();
    inner.jobs[0]?.fail(new AppError('INTERNAL_SERVER_ERROR', 'no'));
    expect(await Promise.all(asked)).toEqual(['INTERNAL_SERVER_ERROR', 'INTERNAL_SERVER_ERROR']);
    inner.isQuick = true;
    expect(numberOf(await version.infer(row(1)))).toBe(2);
  });

  it.each(['DEADLINE_EXCEEDED', 'CANCELLED', 'OVERLOADED'] as const)(
    'computes again, once, for those who waited for one that ended with %s',
    async (code) => {
      const { inner, version } = house();
      const first = codeOf(version.infer(row(1), { deadlineAtMs: elapsedMs() + 60_000 }));
      const others = [version.infer(row(1)), version.infer(row(1))];
      await settled();
      inner.jobs[0]?.fail(new AppError(code, 'for its own reasons'));
      expect(await first).toBe(code);
      await settled();
      expect(inner.jobs).toHaveLength(2);
      inner.jobs[1]?.done();
      expect((await Promise.all(others)).map(numberOf)).toEqual([2, 2]);
    },
  );

  it('lets one who cancels go without the others, and stops when all have gone', async () => {
    const { inner, version } = house();
    const [one, other] = [new AbortController(), new AbortController()];
    const asked = [one, other].map(({ signal }) => codeOf(version.infer(row(1), { signal })));
    await settled();
    one.abort();
    expect(await asked[0]).toBe('CANCELLED');
    expect(inner.jobs[0]?.request.signal?.aborted).toBe(false);
    other.abort();
    expect(inner.jobs[0]?.request.signal?.aborted).toBe(true);
    inner.jobs[0]?.fail(new AppError('CANCELLED', 'stopped'));
    expect(await asked[1]).toBe('CANCELLED');
  });

  it('holds those who wait to their own deadlines', async () => {
    const { inner, version } = house();
    const first = version.infer(row(1));
    expect(await codeOf(version.infer(row(1), { deadlineAtMs: elapsedMs() + 1 }))).toBe('DEADLINE_EXCEEDED');
    inner.jobs[0]?.done();
    expect(numberOf(await first)).toBe(1);
  });

  it('lets nobody wait for somebody who is less urgent', async () => {
    const { inner, version } = house();
    void version.infer(row(1), { priority: 'batch' });
    const urgent = version.infer(row(1), { priority: 'interactive' });
    await settled();
    expect(inner.jobs.map(({ request }) => request.priority)).toEqual(['batch', 'interactive']);
    inner.jobs[1]?.done();
    expect(numberOf(await urgent)).toBe(2);
  });

  it('hands on what it takes not, and refuses a row as its reader does', async () => {
    const { inner, version, lookups } = house();
    inner.isQuick = true;
    await version.infer({ kind: 'image', bytes: new Uint8Array(1) });
    await version.infer({ kind: 'image', bytes: new Uint8Array(1) });
    expect(inner.jobs).toHaveLength(2);
    expect(await codeOf(version.infer({ kind: 'features', features: { y: 1 } }))).toBe('INVALID_FEATURES');
    expect(lookups).toEqual([]);
  });

  it('answers all that it took before what is behind it is unloaded', async () => {
    const { inner, version } = house();
    const first = version.infer(row(1), {});
    const second = version.infer(row(1), {});
    await settled();
    const unloaded = version.unload();
    expect(await codeOf(version.infer(row(1)))).toBe('MODEL_NOT_READY');
    inner.jobs[0]?.fail(new AppError('OVERLOADED', 'busy'));
    expect(await codeOf(first)).toBe('OVERLOADED');
    await settled();
    // Who waited is computed for now, though the version goes.
    expect(inner.isUnloaded).toBe(false);
    inner.jobs[1]?.done();
    expect(numberOf(await second)).toBe(2);
    await unloaded;
    expect(inner.isUnloaded).toBe(true);
  });

  it('is otherwise what is behind it', () => {
    const { inner, version } = house();
    expect(version).toMatchObject({ source: inner.source, description: inner.description, queueDepth: 7, outage: null });
  });
});

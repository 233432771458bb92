import type { BatchMeasurement } from '../concurrency/batch-time';
import { AppError } from '../errors';
import type { Answer } from '../events/event';
import type { Tensor } from '../open-inference/tensor';
import { jobOf } from './feeds';
import type { ModelPlan } from './model-plan';
import { readAnswers } from './read-answer';
import { rowOutputs } from './tensor-rows';
import type { PreparedRow, RowOutput, TensorOutput, VersionRunner } from './version-runner';
import type { WorkerPool } from './worker-pool';
import type { RefusedRow } from './worker-protocol';

/** What the first runs of a version show. */
export interface WarmUp {
  /** 1 when the graph does not take several rows at once, though its signature says so. */
  readonly maxBatchSize: number;
  /** What the batches took. */
  readonly measured: readonly BatchMeasurement[];
}

/** From the third on only where the second was fast: nobody should wait for eight rows of a slow model. */
const warmUpSizes = [1, 2, 8];
const slowBatchMs = 250;

export function refusalsOf(refused: readonly RefusedRow[]): ReadonlyMap<number, AppError> {
  return new Map(refused.map(({ row, code, message }) => [row, new AppError(code, message)]));
}

/** Turns prepared rows into tensors, runs them in a worker, and reads the answers. */
export class RowRunner implements VersionRunner {
  readonly #plan: ModelPlan;
  readonly #pool: Pick<WorkerPool, 'run'>;

  constructor(plan: ModelPlan, pool: Pick<WorkerPool, 'run'>) {
    this.#plan = plan;
    this.#pool = pool;
  }

  async run(rows: readonly PreparedRow[]): Promise<readonly (RowOutput | Error)[]> {
    const { input, output } = this.#plan;
    if (input.kind === 'raw') throw new RangeError('a raw model has no rows, only tensors');
    const { outputs, inputFeatures, refused, preprocessMs, inferenceMs } = await this.#pool.run(jobOf(input, rows));
    const computedAtMs = performance.now();
    const refusals = refusalsOf(refused);
    const answers = refusals.size === rows.length ? [] : readAnswers(output, outputs, rows.length);
    const postprocessMs = performance.now() - computedAtMs;
    return rows.map((row, index) => {
      const refusal = refusals.get(index);
      if (refusal) return refusal;
      const answer = answers[index] as Answer | Error;
      if (answer instanceof Error) return new AppError('INTERNAL_SERVER_ERROR', `The model gave no usable answer: ${answer.message}.`);
      return {
        answer,
        inputFeatures: row.kind === 'tabular' ? row.row.inputFeatures : (inputFeatures[index] ?? {}),
        preprocessMs,
        inferenceMs,
        postprocessMs,
        outputs: row.request?.wantsOutputs ? rowOutputs(outputs, rows.length, index) : undefined,
      };
    });
  }

  async runTensors(rows: number, inputs: readonly Tensor[]): Promise<TensorOutput> {
    const { outputs, preprocessMs, inferenceMs } = await this.#pool.run({ kind: 'tensors', rows, tensors: inputs });
    return { outputs, preprocessMs, inferenceMs };
  }

  /**
   * Blank rows through the whole path, since the first run of a session is slower than all that follow: one alone, then more at once, which
   * also shows what a batch costs.
   */
  async warmUp(blank: PreparedRow, maxBatchSize: number, elapsedMs: () => number): Promise<WarmUp> {
    const measured: BatchMeasurement[] = [];
    for (const rows of warmUpSizes.filter((size) => size <= maxBatchSize)) {
      const startedAtMs = elapsedMs();
      const isTaken = await this.run(Array.from({ length: rows }, () => blank)).then(
        () => true,
        () => false,
      );
      if (!isTaken) return { maxBatchSize: 1, measured: measured.slice(0, 1) };
      measured.push({ rows, ms: elapsedMs() - startedAtMs });
      if (rows > 1 && elapsedMs() - startedAtMs > slowBatchMs) break;
    }
    return { maxBatchSize, measured };
  }
}

import type { BatchMeasurement } from '../concurrency/batch-time';
import { AppError } from '../errors';
import type { Answer } from '../events/event';
import { isTexts } from '../open-inference/json-data';
import type { Tensor } from '../open-inference/tensor';
import { tabularTensors } from './feeds';
import type { ModelPlan } from './model-plan';
import { readAnswers } from './read-answer';
import type { PreparedRow, RowOutput, TensorOutput, VersionRunner } from './version-runner';
import type { WorkerPool } from './worker-pool';
import { RuntimeRefusal } from './worker-seat';

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

/** Turns prepared rows into tensors, runs them in a worker, and reads the answers. */
export class RowRunner implements VersionRunner {
  readonly #plan: ModelPlan;
  readonly #pool: WorkerPool;

  constructor(plan: ModelPlan, pool: WorkerPool) {
    this.#plan = plan;
    this.#pool = pool;
  }

  async run(rows: readonly PreparedRow[]): Promise<readonly (RowOutput | Error)[]> {
    const { input, output } = this.#plan;
    const result =
      input.kind === 'image'
        ? await this.#pool.run({ kind: 'images', images: rows.flatMap((row) => (row.kind === 'image' ? [row.image] : [])) })
        : await this.#pool.run({ kind: 'tensors', rows: rows.length, tensors: tabularTensors(input.inputs, rows.flatMap(cellsOf)) });
    const answers = readAnswers(output, result.outputs, rows.length);
    return rows.map((row, index) => {
      const answer = answers[index] as Answer | Error;
      if (answer instanceof Error) return new AppError('INTERNAL_SERVER_ERROR', `The model gave no usable answer: ${answer.message}.`);
      const inputFeatures = row.kind === 'tabular' ? row.row.inputFeatures : (result.inputFeatures[index] ?? {});
      return { answer, inputFeatures, preprocessMs: result.preprocessMs, inferenceMs: result.inferenceMs };
    });
  }

  async runTensors(rows: number, inputs: readonly Tensor[]): Promise<TensorOutput> {
    const { outputs, preprocessMs, inferenceMs } = await this.#pool.run({ kind: 'tensors', rows, tensors: inputs });
    return { outputs: outputs.map(withBits), preprocessMs, inferenceMs };
  }

  /**
   * Blank rows through the whole path, since the first run of a session is slower than all that follow: one alone, then more at once, which
   * also shows what a batch costs.
   * @throws AppError INVALID_INPUT when the graph does not even run with one.
   */
  async warmUp(maxBatchSize: number, elapsedMs: () => number): Promise<WarmUp> {
    const blank = blankRow(this.#plan);
    await this.run([blank]).catch((error: unknown) => {
      if (!(error instanceof RuntimeRefusal)) throw error;
      throw new AppError('INVALID_INPUT', `The model fails on a first row of zeros: ${error.message}`, { cause: error });
    });
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

/** Newer runtimes give half floats an array of their own; what travels are their bits. */
function withBits(tensor: Tensor): Tensor {
  const { datatype, data } = tensor;
  if (datatype !== 'FP16' || data instanceof Uint16Array || isTexts(data)) return tensor;
  return { ...tensor, data: new Uint16Array(data.buffer, data.byteOffset, data.length) };
}

function cellsOf(row: PreparedRow) {
  return row.kind === 'tabular' ? [row.row.cells] : [];
}

function blankRow({ input, description }: ModelPlan): PreparedRow {
  if (input.kind === 'image') {
    const { width, height } = input.image;
    return { kind: 'image', image: { data: new Uint8Array(width * height * 3), width, height, channels: 3 } };
  }
  const cells = description.features.map(({ datatype }) => {
    if (datatype === 'BYTES') return '';
    if (datatype === 'BOOL') return false;
    return datatype.startsWith('FP') ? 0 : 0n;
  });
  return { kind: 'tabular', row: { cells, inputFeatures: {} } };
}

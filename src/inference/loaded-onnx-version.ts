import { AbortedError, Batcher, ClosedError, DeadlineError, QueueFullError } from '../concurrency/batcher';
import { AppError } from '../errors';
import type { Answer, InputFeatures } from '../events/event';
import type { InferenceRequest, InferenceResult, LoadedVersion, ModelInput } from '../model-registry/inference-engine';
import type { ModelDescription } from '../model-registry/model-version';
import type { ByteImage } from '../tensor/pillow-resize';
import { decodeImage, type ImageLimits } from './decode-image';
import { tabularTensors } from './feeds';
import type { ModelPlan } from './model-plan';
import { readAnswers } from './read-answer';
import { readTabularRow, type TabularRow } from './tabular-row';
import { WorkerLostError, type WorkerPool } from './worker-pool';

export interface BatchingOptions {
  readonly maxBatchSize: number;
  readonly maxQueuedRows: number;
  readonly maxQueuedBytes: number;
}

type PreparedRow = { readonly kind: 'image'; readonly image: ByteImage } | { readonly kind: 'tabular'; readonly row: TabularRow };

interface RowOutput {
  readonly answer: Answer;
  readonly inputFeatures: InputFeatures;
  readonly preprocessMs: number;
  readonly inferenceMs: number;
}

export interface LoadedVersionOptions {
  readonly plan: ModelPlan;
  readonly pool: WorkerPool;
  readonly workers: number;
  readonly batching: BatchingOptions;
  readonly imageLimits: ImageLimits;
  readonly elapsedMs: () => number;
}

/** A version in memory: rows are read here, batched, and answered by its worker threads. */
export class LoadedOnnxVersion implements LoadedVersion {
  readonly #options: LoadedVersionOptions;
  readonly #batcher: Batcher<PreparedRow, RowOutput>;

  constructor(options: LoadedVersionOptions) {
    this.#options = options;
    this.#batcher = new Batcher((rows) => this.#runBatch(rows), {
      maxBatchSize: options.plan.fixedBatchSize ?? options.batching.maxBatchSize,
      maxInFlight: options.workers,
      maxQueuedRows: options.batching.maxQueuedRows,
      maxQueuedBytes: options.batching.maxQueuedBytes,
      elapsedMs: options.elapsedMs,
    });
  }

  get description(): ModelDescription {
    return this.#options.plan.description;
  }

  get queueDepth(): number {
    return this.#batcher.queueDepth;
  }

  async infer(input: ModelInput, request: InferenceRequest = {}): Promise<InferenceResult> {
    const startedAtMs = this.#options.elapsedMs();
    const row = await this.#prepare(input);
    const readMs = this.#options.elapsedMs() - startedAtMs;
    const sizeBytes = row.kind === 'image' ? row.image.data.byteLength : row.row.cells.length * 8;
    try {
      const { output, queueMs, batchSize } = await this.#batcher.submit(row, { ...request, sizeBytes });
      const { answer, inputFeatures, preprocessMs, inferenceMs } = output;
      return { answer, inputFeatures, timing: { queueMs, preprocessMs: readMs + preprocessMs, inferenceMs, batchSize } };
    } catch (error) {
      throw toAppError(error);
    }
  }

  /** One row of plain input through the whole path: the first run of a session is slower than all that follow. */
  async warmUp(): Promise<void> {
    await this.#runBatch([blankRow(this.#options.plan)]);
  }

  async unload(): Promise<void> {
    await this.#batcher.close();
    await this.#options.pool.stop();
  }

  async #prepare(input: ModelInput): Promise<PreparedRow> {
    const { plan, imageLimits } = this.#options;
    if (plan.input.kind === 'image') {
      if (input.kind === 'image') return { kind: 'image', image: await decodeImage(input.bytes, imageLimits) };
      throw new AppError('INVALID_INPUT', 'This model takes an image: send "image" (base64 or a data URI) or "imageFile", not "features".');
    }
    if (input.kind === 'features') return { kind: 'tabular', row: readTabularRow(plan.description.features, input.features) };
    throw new AppError('INVALID_INPUT', 'This model takes "features" (names and values), not an image.');
  }

  async #runBatch(rows: readonly PreparedRow[]): Promise<readonly (RowOutput | Error)[]> {
    const { plan, pool } = this.#options;
    const result =
      plan.input.kind === 'image'
        ? await pool.run({ kind: 'images', images: rows.flatMap((row) => (row.kind === 'image' ? [row.image] : [])) })
        : await pool.run({ kind: 'tensors', rows: rows.length, tensors: tabularTensors(plan.input.inputs, rows.flatMap(cellsOf)) });
    const answers = readAnswers(plan.output, result.outputs, rows.length);
    return rows.map((row, index) => {
      const answer = answers[index] as Answer | Error;
      if (answer instanceof Error) return new AppError('INTERNAL_SERVER_ERROR', `The model gave no usable answer: ${answer.message}.`);
      const inputFeatures = row.kind === 'tabular' ? row.row.inputFeatures : (result.inputFeatures[index] ?? {});
      return { answer, inputFeatures, preprocessMs: result.preprocessMs, inferenceMs: result.inferenceMs };
    });
  }
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

function toAppError(error: unknown): unknown {
  if (error instanceof QueueFullError) {
    return new AppError('OVERLOADED', `The server is busy; try again in ${error.retryAfterMs} ms.`, {
      details: { retryAfterMs: error.retryAfterMs },
      cause: error,
    });
  }
  if (error instanceof DeadlineError)
    return new AppError('DEADLINE_EXCEEDED', 'The deadline passed before the row could be answered.', { cause: error });
  if (error instanceof AbortedError) return new AppError('CANCELLED', 'The request was cancelled.', { cause: error });
  if (error instanceof ClosedError) return new AppError('MODEL_NOT_READY', 'This version is being unloaded.', { cause: error });
  if (error instanceof WorkerLostError)
    return new AppError('MODEL_NOT_READY', 'The version lost its workers twice on this row; it is being restarted.', { cause: error });
  return error;
}

import { BatchTime } from '../concurrency/batch-time';
import { Batcher } from '../concurrency/batcher';
import { QueueFullError } from '../concurrency/batcher-errors';
import type { BatcherOptions } from '../concurrency/batcher-options';
import { AppError } from '../errors';
import type { InferenceRequest, InferenceTiming, TensorInference } from '../model-registry/inference-engine';
import { isTexts } from '../open-inference/json-data';
import type { Tensor } from '../open-inference/tensor';
import { hasRows, joinRows, sliceRows } from './tensor-rows';
import type { TensorOutput, VersionRunner } from './version-runner';

interface Job {
  readonly rows: number;
  readonly inputs: readonly Tensor[];
  readonly request: InferenceRequest;
  isWaiting: boolean;
}

/**
 * Requests that bring tensors: each is one job, whatever its rows, beside the batches of single rows. Where the graph has a fixed batch size,
 * a request of more rows is as many jobs as it takes.
 */
export class TensorQueue {
  readonly #batcher: Batcher<Job, TensorOutput>;
  readonly #options: BatcherOptions;
  readonly #time = new BatchTime([]);
  readonly #fixedBatchSize: number | null;
  #waitingRows = 0;

  constructor(runner: Pick<VersionRunner, 'runTensors'>, options: BatcherOptions, fixedBatchSize: number | null) {
    this.#options = options;
    this.#fixedBatchSize = fixedBatchSize;
    const { elapsedMs, maxInFlight, maxQueuedRows, maxQueuedBytes } = options;
    const run = async ([job]: readonly Job[]): Promise<readonly TensorOutput[]> => {
      const { rows, inputs, request } = job as Job;
      this.#leave(job as Job);
      const startedAtMs = elapsedMs();
      const output = await runner.runTensors(rows, inputs, request);
      this.#time.add({ rows, ms: elapsedMs() - startedAtMs });
      return [output];
    };
    this.#batcher = new Batcher(run, { maxBatchSize: 1, maxInFlight, maxQueuedRows, maxQueuedBytes, elapsedMs });
  }

  /** Rows that wait for a worker. */
  get queueDepth(): number {
    return this.#waitingRows;
  }

  /** @throws AppError BATCH_TOO_LARGE, and what the batcher throws. */
  async submit(rows: number, inputs: readonly Tensor[], request: InferenceRequest): Promise<TensorInference> {
    const { maxQueuedRows } = this.#options;
    if (rows > maxQueuedRows)
      throw new AppError('BATCH_TOO_LARGE', `A request may have at most ${maxQueuedRows} rows, not ${rows}. Split it.`);
    const fixed = this.#fixedBatchSize;
    return fixed === null || rows <= fixed ? this.#submit(rows, inputs, request) : this.#submitParts(rows, inputs, request, fixed);
  }

  async #submitParts(rows: number, inputs: readonly Tensor[], request: InferenceRequest, size: number): Promise<TensorInference> {
    const starts = Array.from({ length: Math.ceil(rows / size) }, (_, part) => part * size);
    const parts = await Promise.all(
      starts.map((from) => {
        const to = Math.min(rows, from + size);
        return this.#submit(
          to - from,
          inputs.map((input) => sliceRows(input, rows, from, to)),
          request,
        );
      }),
    );
    return joinInferences(parts);
  }

  async #submit(rows: number, inputs: readonly Tensor[], request: InferenceRequest): Promise<TensorInference> {
    const { maxQueuedRows, maxInFlight } = this.#options;
    if (this.#waitingRows > 0 && this.#waitingRows + rows > maxQueuedRows)
      throw new QueueFullError(Math.max(1, Math.ceil(this.#time.of(this.#waitingRows + rows) / maxInFlight)));
    const job = { rows, inputs, request, isWaiting: true };
    this.#waitingRows += rows;
    try {
      const sizeBytes = inputs.reduce((sum, { data }) => sum + sizeOf(data), 0);
      const { output, queueMs } = await this.#batcher.submit(job, { ...request, sizeBytes });
      const { outputs, preprocessMs, inferenceMs } = output;
      return { outputs, rows, timing: { queueMs, preprocessMs, inferenceMs, postprocessMs: 0, batchSize: rows } };
    } finally {
      this.#leave(job);
    }
  }

  close(): Promise<void> {
    return this.#batcher.close();
  }

  /** Once: when it is dispatched, or when it is refused before that. */
  #leave(job: Job): void {
    if (job.isWaiting) this.#waitingRows -= job.rows;
    job.isWaiting = false;
  }
}

/** @throws AppError INVALID_INPUT when an output is not one for each row. */
function joinInferences(parts: readonly TensorInference[]): TensorInference {
  const [first] = parts as readonly [TensorInference, ...TensorInference[]];
  const outputs = first.outputs.map(({ name }, at) => {
    const pieces = parts.map((part) => part.outputs[at] as Tensor);
    if (pieces.every((piece, index) => hasRows(piece, parts[index]?.rows ?? 0))) return joinRows(pieces);
    throw new AppError('INVALID_INPUT', `Output "${name}" is not one for each row: send at most ${first.rows} rows at once.`);
  });
  const sum = (of: (timing: InferenceTiming) => number) => parts.reduce((total, { timing }) => total + of(timing), 0);
  return {
    outputs,
    rows: parts.reduce((total, { rows }) => total + rows, 0),
    timing: {
      queueMs: Math.max(...parts.map(({ timing }) => timing.queueMs)),
      preprocessMs: sum(({ preprocessMs }) => preprocessMs),
      inferenceMs: sum(({ inferenceMs }) => inferenceMs),
      postprocessMs: 0,
      batchSize: first.rows,
    },
  };
}

function sizeOf(data: Tensor['data']): number {
  return isTexts(data) ? data.reduce((sum, text) => sum + text.length, 0) : data.byteLength;
}

import { BatchTime } from '../concurrency/batch-time';
import { Batcher, type BatcherOptions } from '../concurrency/batcher';
import { QueueFullError } from '../concurrency/batcher-errors';
import { AppError } from '../errors';
import type { InferenceRequest, TensorInference } from '../model-registry/inference-engine';
import { isTexts } from '../open-inference/json-data';
import type { Tensor } from '../open-inference/tensor';
import type { TensorOutput, VersionRunner } from './version-runner';

interface Job {
  readonly rows: number;
  readonly inputs: readonly Tensor[];
  readonly request: InferenceRequest;
  isWaiting: boolean;
}

/** Requests that bring tensors: each is one job, whatever its rows, beside the batches of single rows. */
export class TensorQueue {
  readonly #batcher: Batcher<Job, TensorOutput>;
  readonly #options: BatcherOptions;
  readonly #time = new BatchTime([]);
  #waitingRows = 0;

  constructor(runner: Pick<VersionRunner, 'runTensors'>, options: BatcherOptions) {
    this.#options = options;
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
    const { maxQueuedRows, maxInFlight } = this.#options;
    if (rows > maxQueuedRows)
      throw new AppError('BATCH_TOO_LARGE', `A request may have at most ${maxQueuedRows} rows, not ${rows}. Split it.`);
    if (this.#waitingRows > 0 && this.#waitingRows + rows > maxQueuedRows)
      throw new QueueFullError(Math.max(1, Math.ceil(this.#time.of(this.#waitingRows + rows) / maxInFlight)));
    const job = { rows, inputs, request, isWaiting: true };
    this.#waitingRows += rows;
    try {
      const sizeBytes = inputs.reduce((sum, { data }) => sum + sizeOf(data), 0);
      const { output, queueMs } = await this.#batcher.submit(job, { ...request, sizeBytes });
      const { outputs, preprocessMs, inferenceMs } = output;
      return { outputs, rows, timing: { queueMs, preprocessMs, inferenceMs, batchSize: rows } };
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

function sizeOf(data: Tensor['data']): number {
  return isTexts(data) ? data.reduce((sum, text) => sum + text.length, 0) : data.byteLength;
}

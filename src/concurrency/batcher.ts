import type { CallerSignal } from './caller-signal';

/** The queue is full, in rows or in bytes; a retry after `retryAfterMs` should find room. */
export class QueueFullError extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`The queue is full; retry after ${retryAfterMs} ms.`);
    this.name = 'QueueFullError';
    this.retryAfterMs = retryAfterMs;
  }
}

/** The row's deadline passed before it was dispatched. */
export class DeadlineError extends Error {
  constructor() {
    super('The deadline passed while the row waited.');
    this.name = 'DeadlineError';
  }
}

/** The caller's signal was aborted before the row was dispatched. */
export class AbortedError extends Error {
  constructor() {
    super('The caller went away while the row waited.');
    this.name = 'AbortedError';
  }
}

/** The batcher was closed; no new rows are taken. */
export class ClosedError extends Error {
  constructor() {
    super('The batcher is closed.');
    this.name = 'ClosedError';
  }
}

export interface BatcherOptions {
  readonly maxBatchSize: number;
  /** Batches that run at once: the number of workers. */
  readonly maxInFlight: number;
  readonly maxQueuedRows: number;
  readonly maxQueuedBytes: number;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
  /** What a row is thought to cost until a batch has been measured. */
  readonly expectedRowMs?: number;
}

const defaultRowMs = 1;

export interface RowOptions {
  readonly sizeBytes: number;
  readonly signal?: CallerSignal | undefined;
  /** On the clock of `elapsedMs`. */
  readonly deadlineAtMs?: number | undefined;
}

export interface RowResult<Output> {
  readonly output: Output;
  readonly queueMs: number;
  readonly batchSize: number;
}

interface Row<Input, Output> {
  readonly input: Input;
  readonly options: RowOptions;
  readonly queuedAtMs: number;
  readonly resolve: (result: RowResult<Output>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Work-conserving batching: an idle worker gets a row at once; while all are busy the batch grows, up to `maxBatchSize`, until one frees.
 * No row ever waits for company. Each row settles exactly once; rows are dispatched in the order they came.
 *
 * `run` answers the rows of a batch in order; a row's own failure is an Error in its place. When `run` itself rejects, each row is
 * run once more alone, so that one bad row never fails its neighbours.
 */
export class Batcher<Input, Output> {
  readonly #run: (inputs: readonly Input[]) => Promise<readonly (Output | Error)[]>;
  readonly #options: BatcherOptions;
  #queue: Row<Input, Output>[] = [];
  #queuedBytes = 0;
  #inFlight = 0;
  #rowsInFlight = 0;
  #isClosed = false;
  #onIdle: (() => void)[] = [];
  /** Moving mean of the time a batch takes, per row: what the backlog is measured by. */
  #rowMs: number;
  #isMeasured = false;

  constructor(run: (inputs: readonly Input[]) => Promise<readonly (Output | Error)[]>, options: BatcherOptions) {
    if (options.maxBatchSize < 1 || options.maxInFlight < 1) throw new RangeError('maxBatchSize and maxInFlight must be at least 1');
    this.#run = run;
    this.#options = options;
    this.#rowMs = options.expectedRowMs ?? defaultRowMs;
  }

  get queueDepth(): number {
    return this.#queue.length;
  }

  /** @throws QueueFullError, DeadlineError, AbortedError, ClosedError, or what the run made of this row. */
  submit(input: Input, options: RowOptions): Promise<RowResult<Output>> {
    const refusal = this.refusal(options);
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const row: Row<Input, Output> = {
        input,
        options,
        queuedAtMs: this.#options.elapsedMs(),
        resolve,
        reject,
      };
      this.#queue.push(row);
      this.#queuedBytes += options.sizeBytes;
      this.#dispatch();
    });
  }

  /** Takes no more rows; resolves when all that were taken are answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#queue.length === 0 && this.#inFlight === 0) return;
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /**
   * Why a row would not be taken now; null: it would. What would be dropped later is refused at the door: a full queue, or a backlog that
   * outlasts the row's deadline. Callers that prepare a row at some cost ask first; `rowsAhead` are those that are being prepared.
   */
  refusal({ sizeBytes, signal, deadlineAtMs }: RowOptions, rowsAhead = 0): Error | null {
    const { maxQueuedRows, maxQueuedBytes, elapsedMs, maxInFlight } = this.#options;
    if (this.#isClosed) return new ClosedError();
    if (signal?.aborted) return new AbortedError();
    const now = elapsedMs();
    if (deadlineAtMs !== undefined && deadlineAtMs <= now) return new DeadlineError();
    // A worker is idle: the row is tried, however large, and however short its deadline; else an estimate too high would never be mended.
    if (this.#inFlight + rowsAhead < maxInFlight) return null;
    const isFull = () =>
      this.#queue.length + rowsAhead >= maxQueuedRows || (this.#queue.length > 0 && this.#queuedBytes + sizeBytes > maxQueuedBytes);
    const finishMs = () => this.#rowMs * this.#rowsUntilAnswered(this.#queue.length + rowsAhead);
    const isTooLate = () => deadlineAtMs !== undefined && now + finishMs() > deadlineAtMs;
    if (!isFull() && !isTooLate()) return null;
    this.#dropGone();
    return isFull() || isTooLate() ? new QueueFullError(Math.max(1, Math.ceil(finishMs()))) : null;
  }

  /** In units of a row's time: what the workers share ahead of this row's batch, then that batch, which one worker runs whole. */
  #rowsUntilAnswered(waiting: number): number {
    const { maxBatchSize, maxInFlight } = this.#options;
    const ownBatch = (waiting % maxBatchSize) + 1;
    return (this.#rowsInFlight + waiting + 1 - ownBatch) / maxInFlight + ownBatch;
  }

  /** Rows whose callers have gone make room; without need nobody looks for them before they are dispatched. */
  #dropGone(): void {
    const gone = this.#queue.filter((row) => row.options.signal?.aborted);
    if (gone.length === 0) return;
    this.#queue = this.#queue.filter((row) => !row.options.signal?.aborted);
    for (const row of gone) {
      this.#queuedBytes -= row.options.sizeBytes;
      row.reject(new AbortedError());
    }
  }

  #dispatch(): void {
    while (this.#inFlight < this.#options.maxInFlight) {
      const batch = this.#takeBatch();
      if (batch.length === 0) return;
      this.#inFlight++;
      this.#rowsInFlight += batch.length;
      void this.#execute(batch).finally(() => {
        this.#inFlight--;
        this.#rowsInFlight -= batch.length;
        this.#dispatch();
        this.#settleIdle();
      });
    }
  }

  #takeBatch(): Row<Input, Output>[] {
    const batch: Row<Input, Output>[] = [];
    const now = this.#options.elapsedMs();
    while (this.#queue.length > 0 && batch.length < this.#options.maxBatchSize) {
      const row = this.#queue.shift() as Row<Input, Output>;
      this.#queuedBytes -= row.options.sizeBytes;
      const { deadlineAtMs, signal } = row.options;
      if (signal?.aborted) row.reject(new AbortedError());
      else if (deadlineAtMs !== undefined && deadlineAtMs <= now) row.reject(new DeadlineError());
      else batch.push(row);
    }
    return batch;
  }

  async #execute(batch: readonly Row<Input, Output>[]): Promise<void> {
    const startedAtMs = this.#options.elapsedMs();
    try {
      const outputs = await this.#run(batch.map((row) => row.input));
      for (const [index, row] of batch.entries()) this.#settle(row, outputs[index], startedAtMs, batch.length);
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const row of batch) await this.#execute([row]);
    }
    this.#measure((this.#options.elapsedMs() - startedAtMs) / batch.length);
  }

  #measure(rowMs: number): void {
    this.#rowMs = this.#isMeasured ? 0.8 * this.#rowMs + 0.2 * rowMs : rowMs;
    this.#isMeasured = true;
  }

  #settle(row: Row<Input, Output>, output: Output | Error | undefined, startedAtMs: number, batchSize: number): void {
    if (output === undefined) row.reject(new Error('The run gave no answer for this row.'));
    else if (output instanceof Error) row.reject(output);
    else row.resolve({ output, queueMs: startedAtMs - row.queuedAtMs, batchSize });
  }

  #settleIdle(): void {
    if (this.#queue.length > 0 || this.#inFlight > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}

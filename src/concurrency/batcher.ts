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
}

export interface RowOptions {
  readonly sizeBytes: number;
  readonly signal?: AbortSignal | undefined;
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
  readonly onAbort: () => void;
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
  #isClosed = false;
  #onIdle: (() => void)[] = [];
  /** Moving mean of the time a batch takes, per row; the base of `retryAfterMs`. */
  #rowMs = 1;

  constructor(run: (inputs: readonly Input[]) => Promise<readonly (Output | Error)[]>, options: BatcherOptions) {
    if (options.maxBatchSize < 1 || options.maxInFlight < 1) throw new RangeError('maxBatchSize and maxInFlight must be at least 1');
    this.#run = run;
    this.#options = options;
  }

  get queueDepth(): number {
    return this.#queue.length;
  }

  /** @throws QueueFullError, DeadlineError, AbortedError, ClosedError, or what the run made of this row. */
  submit(input: Input, options: RowOptions): Promise<RowResult<Output>> {
    if (this.#isClosed) return Promise.reject(new ClosedError());
    if (options.signal?.aborted) return Promise.reject(new AbortedError());
    const refusal = this.#refusal(options);
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const row: Row<Input, Output> = {
        input,
        options,
        queuedAtMs: this.#options.elapsedMs(),
        resolve,
        reject,
        onAbort: () => this.#drop(row),
      };
      options.signal?.addEventListener('abort', row.onAbort, { once: true });
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

  /** Refuses at the door what would be dropped later: a full queue, or a backlog that outlasts the row's deadline. */
  #refusal({ sizeBytes, deadlineAtMs }: RowOptions): Error | null {
    const { maxQueuedRows, maxQueuedBytes, elapsedMs, maxInFlight } = this.#options;
    const now = elapsedMs();
    if (deadlineAtMs !== undefined && deadlineAtMs <= now) return new DeadlineError();
    // Nothing waits and a worker is idle: an empty queue takes any row, however large.
    if (this.#inFlight < maxInFlight) return null;
    const backlogMs = this.#backlogMs();
    const isFull = this.#queue.length >= maxQueuedRows || (this.#queue.length > 0 && this.#queuedBytes + sizeBytes > maxQueuedBytes);
    if (isFull || (deadlineAtMs !== undefined && now + backlogMs > deadlineAtMs))
      return new QueueFullError(Math.max(1, Math.ceil(backlogMs)));
    return null;
  }

  #backlogMs(): number {
    return (this.#queue.length / this.#options.maxInFlight) * this.#rowMs;
  }

  #drop(row: Row<Input, Output>): void {
    const index = this.#queue.indexOf(row);
    if (index === -1) return;
    this.#queue.splice(index, 1);
    this.#queuedBytes -= row.options.sizeBytes;
    row.reject(new AbortedError());
    this.#settleIdle();
  }

  #dispatch(): void {
    while (this.#inFlight < this.#options.maxInFlight) {
      const batch = this.#takeBatch();
      if (batch.length === 0) return;
      this.#inFlight++;
      void this.#execute(batch).finally(() => {
        this.#inFlight--;
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
      row.options.signal?.removeEventListener('abort', row.onAbort);
      const { deadlineAtMs } = row.options;
      if (deadlineAtMs !== undefined && deadlineAtMs <= now) row.reject(new DeadlineError());
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
    this.#rowMs = 0.8 * this.#rowMs + (0.2 * (this.#options.elapsedMs() - startedAtMs)) / batch.length;
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

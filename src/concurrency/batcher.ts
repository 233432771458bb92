import { BatchTime } from './batch-time';
import { AbortedError, ClosedError, DeadlineError, QueueFullError } from './batcher-errors';
import type { BatcherOptions, RowOptions, RowResult } from './batcher-options';
import type { CallerSignal } from './caller-signal';
import { type Priority, type Queued, RowQueue } from './row-queue';
import { RunningQuantile } from './running-quantile';

/** What handing rows to a worker costs, about. */
const handOverMs = 0.5;
/** A batch is large enough when its time a row is within this of the best. */
const batchTolerance = 0.1;
/** A row of low priority that has waited this long goes first. */
const agingMs = 500;
/** By how much rows take longer than was expected when they were taken: what all but one of a hundred stay below, at most fourfold. */
const overrunOptions = { share: 0.99, step: 0.02, least: 1, most: 4 };
/** Learned from rows that were expected to need at least this share of their time: of others nobody asks. */
const tellingShare = 0.25;

interface Row<Input, Output> extends Queued {
  readonly input: Input;
  readonly signal: CallerSignal | undefined;
  readonly deadlineAtMs: number | undefined;
  /** What it was expected to take when it was taken; null: it can say nothing about deadlines. */
  readonly expectedMs: number | null;
  readonly resolve: (result: RowResult<Output>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Work-conserving batching: while a worker is idle, rows are dispatched as soon as the input at hand is read; while all are busy the batch
 * grows, until one frees. No row ever waits for company. How large a batch may become is learned: t(n) = b + a n says from which size on
 * a batch only makes its rows wait for each other.
 *
 * `run` answers the rows of a batch in order; a row's own failure is an Error in its place. When `run` itself rejects, each row is
 * run once more alone, so that one bad row never fails its neighbours. Each row settles exactly once.
 */
export class Batcher<Input, Output> {
  readonly #run: (inputs: readonly Input[]) => Promise<readonly (Output | Error)[]>;
  readonly #options: BatcherOptions;
  readonly #time: BatchTime;
  readonly #queue = new RowQueue<Row<Input, Output>>(agingMs);
  readonly #defer: (callback: () => void) => void;
  readonly #overrun = new RunningQuantile(overrunOptions);
  #isDeferred = false;
  #inFlight = 0;
  #rowsInFlight = 0;
  /** Batches that have run and whose rows are not answered yet. */
  #toSettle = 0;
  #isClosed = false;
  #onIdle: (() => void)[] = [];

  constructor(run: (inputs: readonly Input[]) => Promise<readonly (Output | Error)[]>, options: BatcherOptions) {
    if (options.maxBatchSize < 1 || options.maxInFlight < 1) throw new RangeError('maxBatchSize and maxInFlight must be at least 1');
    this.#run = run;
    this.#options = options;
    this.#time = new BatchTime(options.measured ?? []);
    this.#defer = options.defer ?? setImmediate;
  }

  get queueDepth(): number {
    return this.#queue.length;
  }

  /** @throws QueueFullError, DeadlineError, AbortedError, ClosedError, or what the run made of this row. */
  submit(input: Input, options: RowOptions): Promise<RowResult<Output>> {
    const refusal = this.#refusal(options);
    if (refusal) return Promise.reject(refusal);
    const { sizeBytes, priority = 'interactive', signal, deadlineAtMs } = options;
    return new Promise((resolve, reject) => {
      const queuedAtMs = this.#options.elapsedMs();
      const expectedMs = this.#tellingExpectation(priority, queuedAtMs, deadlineAtMs);
      this.#queue.push({ input, sizeBytes, priority, signal, deadlineAtMs, queuedAtMs, expectedMs, resolve, reject });
      this.#dispatchSoon();
    });
  }

  /** Takes no more rows; resolves when all that were taken are answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#isIdle) return;
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /**
   * Why a row is not taken now; null: it is. What would be dropped later is refused at the door: a full queue, or a backlog that outlasts the
   * row's deadline.
   */
  #refusal(row: RowOptions): Error | null {
    const { elapsedMs, maxInFlight } = this.#options;
    if (this.#isClosed) return new ClosedError();
    if (row.signal?.aborted) return new AbortedError();
    const nowMs = elapsedMs();
    if (row.deadlineAtMs !== undefined && row.deadlineAtMs <= nowMs) return new DeadlineError();
    // A worker is idle: the row is tried, however large, and however short its deadline; else an estimate too high would never be mended.
    if (this.#inFlight + this.#queue.length < maxInFlight) return null;
    if (this.#hasRoom(row, nowMs)) return null;
    this.#dropGone();
    if (this.#hasRoom(row, nowMs)) return null;
    return new QueueFullError(Math.max(1, Math.ceil(this.finishMs(row.priority))));
  }

  /** From now until a new row would be answered: what the workers share ahead of its batch, then that batch, which one worker runs whole. */
  finishMs(priority: Priority = 'interactive'): number {
    const size = this.#batchLimit();
    const waiting = this.#queue.ahead(priority);
    const batchesAhead = Math.floor(waiting / size);
    const busyMs = this.#rowsInFlight === 0 ? 0 : this.#time.of(this.#rowsInFlight / this.#inFlight) * this.#inFlight;
    return (busyMs + batchesAhead * this.#time.of(size)) / this.#options.maxInFlight + this.#time.of((waiting % size) + 1);
  }

  /** `finishMs` is a mean; a deadline wants what nearly all rows keep to. */
  #hasRoom({ sizeBytes, priority, deadlineAtMs, afterMs = 0 }: RowOptions, nowMs: number): boolean {
    const { maxQueuedRows, maxQueuedBytes } = this.#options;
    const { length, bytes } = this.#queue;
    if (length >= maxQueuedRows || (length > 0 && bytes + sizeBytes > maxQueuedBytes)) return false;
    return deadlineAtMs === undefined || nowMs + this.finishMs(priority) * this.#overrun.value + afterMs <= deadlineAtMs;
  }

  #tellingExpectation(priority: Priority, nowMs: number, deadlineAtMs: number | undefined): number | null {
    if (deadlineAtMs === undefined) return null;
    const expectedMs = this.finishMs(priority);
    return expectedMs >= tellingShare * (deadlineAtMs - nowMs) ? expectedMs : null;
  }

  #batchLimit(): number {
    return this.#time.enough(this.#options.maxBatchSize, batchTolerance);
  }

  /** Rows whose callers have gone make room; without need nobody looks for them before they are dispatched. */
  #dropGone(): void {
    for (const row of this.#queue.remove(({ signal }) => signal?.aborted === true)) row.reject(new AbortedError());
  }

  /** Rows that were read together are dispatched together: a hand-over to a worker costs more than many a row. */
  #dispatchSoon(): void {
    if (this.#isDeferred || this.#inFlight >= this.#options.maxInFlight) return;
    this.#isDeferred = true;
    this.#defer(() => {
      this.#isDeferred = false;
      this.#dispatch();
      this.#settleIdle();
    });
  }

  #dispatch(): void {
    const { maxInFlight, maxBatchSize, parallelFromMs = handOverMs } = this.#options;
    while (this.#queue.length > 0 && this.#inFlight < maxInFlight) {
      const isCheap = this.#time.of(Math.max(this.#queue.length, this.#rowsInFlight)) < parallelFromMs;
      // The batch under way will be back sooner than another worker could be asked.
      if (isCheap && this.#inFlight > 0) return;
      const share = isCheap ? maxBatchSize : Math.min(this.#batchLimit(), Math.ceil(this.#queue.length / (maxInFlight - this.#inFlight)));
      const batch = this.#takeBatch(share);
      if (batch.length > 0) this.#start(batch);
    }
  }

  #start(batch: readonly Row<Input, Output>[]): void {
    this.#inFlight++;
    this.#rowsInFlight += batch.length;
    void this.#execute(batch).finally(() => {
      this.#inFlight--;
      this.#rowsInFlight -= batch.length;
      this.#dispatch();
      this.#settleIdle();
    });
  }

  #takeBatch(maxRows: number): Row<Input, Output>[] {
    const batch: Row<Input, Output>[] = [];
    const nowMs = this.#options.elapsedMs();
    while (batch.length < maxRows) {
      const row = this.#queue.take(nowMs);
      if (!row) break;
      if (row.signal?.aborted) row.reject(new AbortedError());
      else if (row.deadlineAtMs !== undefined && row.deadlineAtMs <= nowMs) row.reject(new DeadlineError());
      else batch.push(row);
    }
    return batch;
  }

  async #execute(batch: readonly Row<Input, Output>[]): Promise<void> {
    const startedAtMs = this.#options.elapsedMs();
    try {
      const outputs = await this.#run(batch.map((row) => row.input));
      const endedAtMs = this.#options.elapsedMs();
      this.#time.add({ rows: batch.length, ms: endedAtMs - startedAtMs });
      for (const { expectedMs, queuedAtMs } of batch) if (expectedMs !== null) this.#overrun.add((endedAtMs - queuedAtMs) / expectedMs);
      this.#settle(batch, outputs, startedAtMs);
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const row of batch) await this.#execute([row]);
    }
  }

  /** The worker may have its next batch meanwhile. */
  #settle(batch: readonly Row<Input, Output>[], outputs: readonly (Output | Error)[], startedAtMs: number): void {
    const settleAll = () => {
      for (const [index, row] of batch.entries()) settle(row, outputs[index], startedAtMs, batch.length);
    };
    const turn = this.#options.turns?.enter();
    if (!turn) {
      settleAll();
      return;
    }
    this.#toSettle++;
    void turn.then(() => {
      this.#toSettle--;
      settleAll();
      this.#settleIdle();
    });
  }

  get #isIdle(): boolean {
    return this.#queue.length === 0 && this.#inFlight === 0 && this.#toSettle === 0;
  }

  #settleIdle(): void {
    if (!this.#isIdle) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}

function settle<Output>(row: Row<unknown, Output>, output: Output | Error | undefined, startedAtMs: number, batchSize: number): void {
  if (output === undefined) row.reject(new Error('The run gave no answer for this row.'));
  else if (output instanceof Error) row.reject(output);
  else row.resolve({ output, queueMs: startedAtMs - row.queuedAtMs, batchSize });
}

import type { BatchMeasurement } from './batch-time';
import type { CallerSignal } from './caller-signal';
import type { FairTurns } from './fair-turns';
import type { Priority } from './row-queue';

export interface BatcherOptions {
  readonly maxBatchSize: number;
  /** Batches that run at once: the number of workers. */
  readonly maxInFlight: number;
  readonly maxQueuedRows: number;
  readonly maxQueuedBytes: number;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
  /** Batches that were measured beforehand. */
  readonly measured?: readonly BatchMeasurement[];
  /** A second worker gets rows only when the batches under way take at least this long; default: about what handing rows over costs. */
  readonly parallelFromMs?: number;
  /** Taken by each batch before its rows are answered: what callers do then adds up. Absent: they are answered at once. */
  readonly turns?: Pick<FairTurns, 'enter'> | undefined;
  /** Runs its argument after the input that is at hand has been read; default `setImmediate`. */
  readonly defer?: (callback: () => void) => void;
}

export interface RowOptions {
  readonly sizeBytes: number;
  /** Default `interactive`. */
  readonly priority?: Priority | undefined;
  readonly signal?: CallerSignal | undefined;
  /** On the clock of `elapsedMs`. */
  readonly deadlineAtMs?: number | undefined;
  /** What the row needs before its deadline when it has been answered here; default 0. */
  readonly afterMs?: number | undefined;
}

export interface RowResult<Output> {
  readonly output: Output;
  readonly queueMs: number;
  readonly batchSize: number;
}

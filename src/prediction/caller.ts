import type { CallerSignal } from '../concurrency/caller-signal';

/** Who waits for an answer, and since when. */
export interface Caller {
  /** Aborted when it has gone. */
  readonly signal?: CallerSignal | undefined;
  /** On the clock of `elapsedMs`, for deadlines and `totalMs` count from there; absent: it has just arrived. */
  readonly arrivedAtMs?: number | undefined;
}

import type { CallerSignal } from '../concurrency/caller-signal';

/** What each operation carries, over HTTP and over WebSocket alike. */
export interface GraphQLContext {
  /** Aborted when the client has gone. */
  readonly signal: CallerSignal;
  /** When the request had arrived, in monotonic milliseconds: deadlines and `totalMs` count from there. */
  readonly arrivedAtMs: number;
  /** Who asks, for the audit history. */
  readonly actor: string;
}

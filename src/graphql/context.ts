import type { CallerSignal } from '../concurrency/caller-signal';

/** What each operation carries, over HTTP and over WebSocket alike. */
export interface GraphQLContext {
  /** Aborted when the client has gone. */
  readonly signal: CallerSignal;
  /** Who asks, for the audit history. */
  readonly actor: string;
}

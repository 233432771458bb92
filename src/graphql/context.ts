/** What each operation carries, over HTTP and over WebSocket alike. */
export interface GraphQLContext {
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /** Who asks, for the audit history. */
  readonly actor: string;
}

/** What the generator is told, and what it tells back. */

export interface LoadTarget {
  readonly host: string;
  readonly port: number;
}

export interface LoadRequest {
  /** Head and body, ready to be written. */
  readonly bytes: Uint8Array;
  /** What a right answer's body holds, in this order. */
  readonly expected: readonly string[];
}

export type Loop =
  | { readonly kind: 'closed'; readonly connections: number }
  | { readonly kind: 'open'; readonly ratePerSecond: number; readonly maxInFlight: number };

export interface LoadJob {
  readonly target: LoadTarget;
  /** Sent in turn, over and over. */
  readonly requests: readonly LoadRequest[];
  readonly loop: Loop;
  /** Answered, but not counted. */
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** Answers later than this (from the intended send) are right, but of no use. */
  readonly deadlineMs: number | null;
}

export interface LoadReport {
  /** Right answers within the window. */
  readonly okPerSecond: number;
  /** Of them, those within the deadline. */
  readonly inTimePerSecond: number;
  readonly ok: number;
  /** Answers of any kind, those of the warm-up and of the end included: what the server had to work for. */
  readonly answered: number;
  /** By name: GraphQL error codes, "HTTP 503", "wrong answer", "connection broken", "not answered", "not sent". */
  readonly failures: Readonly<Record<string, number>>;
  /** Of right answers; null when there was none. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** The generator's own CPU time for each answer. */
  readonly generatorCpuUs: number;
}

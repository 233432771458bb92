/**
 * Every code a client can meet. Apollo's own codes (GRAPHQL_PARSE_FAILED and its kin) are passed through by the edge.
 * `docs/errors.md` lists each one; a test compares the two, both ways.
 */
export const errorCodes = [
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'MODEL_NOT_FOUND',
  'VERSION_NOT_FOUND',
  'MODEL_NOT_READY',
  'INVALID_INPUT',
  'INVALID_IMAGE',
  'IMAGE_TOO_LARGE',
  'INVALID_FEATURES',
  'BATCH_TOO_LARGE',
  'OVERLOADED',
  'DEADLINE_EXCEEDED',
  'PREDICTION_NOT_FOUND',
  'EXPERIMENT_NOT_FOUND',
  'METRIC_NOT_FOUND',
  'ALERT_NOT_FOUND',
  'INVALID_STATE',
  'CONFLICT',
  'JOURNAL_FULL',
  'DATABASE_UNAVAILABLE',
  'CANCELLED',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** Facts for the client, merged into the GraphQL error's `extensions` (for example `retryAfterMs`, `feature`). */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * A sentence with what it quotes cut to 200 characters: names come from clients, and one of megabytes would be sent back, and logged, whole.
 *
 * @example withShortQuotes('There is no model "aaa…".') // keeps the end, which says what to do
 */
export function withShortQuotes(sentence: string): string {
  return sentence.replace(/"([^"]{200})[^"]+"/g, '"$1..."');
}

/**
 * A failure that the caller can understand: a code, a sentence that says what to do, and the cause for the log. Only one that nobody
 * expected remembers where it was made: a server under overload makes thousands of the others a second, and a stack costs more than a refusal.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    const framesBefore = Error.stackTraceLimit;
    if (code !== 'INTERNAL_SERVER_ERROR') Error.stackTraceLimit = 0;
    super(withShortQuotes(message), options.cause === undefined ? undefined : { cause: options.cause });
    Error.stackTraceLimit = framesBefore;
    this.name = 'AppError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

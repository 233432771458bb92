/** The queue is full, in rows or in bytes, or the backlog outlasts the row's deadline; a retry after `retryAfterMs` should find room. */
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

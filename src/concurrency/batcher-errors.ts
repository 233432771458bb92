/** Told to a caller, never looked into: where it was made is not remembered, since that would be most of what a refusal costs. */
abstract class Refusal extends Error {
  constructor(message: string) {
    const framesBefore = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = framesBefore;
    this.name = new.target.name;
  }
}

/** The queue is full, in rows or in bytes, or the backlog outlasts the row's deadline; a retry after `retryAfterMs` should find room. */
export class QueueFullError extends Refusal {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`The queue is full; retry after ${retryAfterMs} ms.`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The row's deadline passed before it was dispatched. */
export class DeadlineError extends Refusal {
  constructor() {
    super('The deadline passed while the row waited.');
  }
}

/** The caller's signal was aborted before the row was dispatched. */
export class AbortedError extends Refusal {
  constructor() {
    super('The caller went away while the row waited.');
  }
}

/** The batcher was closed; no new rows are taken. */
export class ClosedError extends Refusal {
  constructor() {
    super('The batcher is closed.');
  }
}

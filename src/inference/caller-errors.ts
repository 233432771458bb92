import { AbortedError, DeadlineError } from '../concurrency/batcher-errors';
import { AppError } from '../errors';

/** What ended a row because of whoever asked for it: it went away, or had no more time; null: it was something else. */
export function callerError(error: unknown): AppError | null {
  if (error instanceof DeadlineError)
    return new AppError('DEADLINE_EXCEEDED', 'The deadline passed before the row could be answered.', { cause: error });
  if (error instanceof AbortedError) return new AppError('CANCELLED', 'The request was cancelled.', { cause: error });
  return null;
}

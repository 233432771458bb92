import { AppError } from '../errors';

/** What a caller of the journal is told: whether anything was recorded, and what to do. */

export function journalFull(reason: string, cause?: unknown): AppError {
  return new AppError(
    'JOURNAL_FULL',
    `The event journal cannot take more: ${reason}. Nothing was recorded; try again when the database takes events again.`,
    { cause, details: { retryAfterMs: 5_000 } },
  );
}

export function writeFailed(error: unknown): AppError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return journalFull('its disk is full', error);
  return new AppError(
    'INTERNAL_SERVER_ERROR',
    `The event journal could not be written (${code ?? 'unknown error'}); nothing was recorded.`,
    {
      cause: error,
    },
  );
}

export function syncFailed(error: unknown): AppError {
  return new AppError(
    'INTERNAL_SERVER_ERROR',
    'The disk did not confirm the event. It may or may not be kept: send it again with the same idempotency key.',
    { cause: error },
  );
}

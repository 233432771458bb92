import { AppError } from '../errors';

interface DatabaseError {
  readonly code?: string;
  readonly constraint?: string;
}

/** SQLSTATE of a failed statement, or the code of a broken socket; empty when there is none. */
export function sqlState(error: unknown): string {
  return driverError(error).code ?? '';
}

/** The name of the unique constraint or index that a statement violated, null when that was not what went wrong. */
export function violatedConstraint(error: unknown): string | null {
  return sqlState(error) === '23505' ? (driverError(error).constraint ?? '') : null;
}

/** True when the statement failed because the database is away, busy or restarting: the same statement may succeed later. */
export function isTransient(error: unknown): boolean {
  const code = sqlState(error);
  if (/^(08|57P0|53)/.test(code) || transientCodes.has(code)) return true;
  const { name = '', message = '' } = error instanceof Error ? error : {};
  // A connection that breaks between two statements of a transaction takes TypeORM's query runner with it.
  return /^QueryRunner\w*AlreadyReleasedError$/.test(name) || transientMessage.test(message);
}

const transientCodes: ReadonlySet<string> = new Set([
  ...['40001', '40P01', '55P03', '25006', '57014'],
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'ECONNABORTED',
    'ENOENT',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
  ],
]);
const transientMessage = /connection terminated|timeout exceeded when trying to connect|connection ended|not queryable|query read timeout/i;

/** Runs statements of a store; the one place where the database's troubles become errors that a client understands. */
export async function withDatabase<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isTransient(error)) {
      throw new AppError('DATABASE_UNAVAILABLE', 'The database does not answer at the moment; try again shortly.', {
        cause: error,
        details: { retryAfterMs: 1000 },
      });
    }
    if (isUnstorableText(error)) {
      throw new AppError('BAD_USER_INPUT', 'A text holds characters that cannot be stored (U+0000, or half of a surrogate pair).', {
        cause: error,
      });
    }
    throw error;
  }
}

/** What PostgreSQL answers to NUL and to lone surrogates, in `text` and in `jsonb`. */
function isUnstorableText(error: unknown): boolean {
  const code = sqlState(error);
  return code === '22021' || code === '22P05' || (code === '22P02' && /type json/.test((error as Error).message));
}

function driverError(error: unknown): DatabaseError {
  return (error as { driverError?: DatabaseError } | null)?.driverError ?? (error as DatabaseError | null) ?? {};
}

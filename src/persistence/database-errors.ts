import { AppError } from '../errors';

interface DatabaseError {
  readonly code?: string;
  readonly constraint?: string;
  readonly message?: string;
}

/** SQLSTATE of a failed statement, or the code of a broken socket; empty when there is none. */
export function sqlState(error: unknown): string {
  const driverError = (error as { driverError?: DatabaseError } | null)?.driverError ?? (error as DatabaseError | null);
  return driverError?.code ?? '';
}

export function violatedConstraint(error: unknown): string | null {
  if (sqlState(error) !== '23505') return null;
  const driverError = (error as { driverError?: DatabaseError }).driverError ?? (error as DatabaseError);
  return driverError.constraint ?? '';
}

/** True when the statement failed because the database is away, busy or restarting: the same statement may succeed later. */
export function isTransient(error: unknown): boolean {
  const code = sqlState(error);
  if (/^(08|57P0|53)/.test(code) || ['40001', '40P01', '55P03', '25006', '57014'].includes(code)) return true;
  if (['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'].includes(code)) return true;
  const message = error instanceof Error ? error.message : '';
  return /connection terminated|timeout exceeded when trying to connect|Connection ended|not queryable/i.test(message);
}

/** Runs a statement of a store: what is the database's own trouble becomes DATABASE_UNAVAILABLE, everything else stays as it is. */
export async function withDatabase<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isTransient(error)) throw error;
    throw new AppError('DATABASE_UNAVAILABLE', 'The database does not answer at the moment; try again shortly.', {
      cause: error,
      details: { retryAfterMs: 1000 },
    });
  }
}

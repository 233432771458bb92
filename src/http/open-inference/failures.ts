import { AppError, type ErrorCode } from '../../errors';
import { ProtocolError } from '../../open-inference/protocol-error';

/** Triton's statuses: 404 for what is not there, 503 for what is not there now, 500 for our own mistakes, 400 for all else. */
const statuses: Partial<Record<ErrorCode, number>> = {
  MODEL_NOT_FOUND: 404,
  VERSION_NOT_FOUND: 404,
  UNAUTHENTICATED: 401,
  MODEL_NOT_READY: 503,
  OVERLOADED: 503,
  DEADLINE_EXCEEDED: 503,
  CANCELLED: 503,
  INTERNAL_SERVER_ERROR: 500,
};

export function statusOf({ code }: AppError): number {
  return statuses[code] ?? 400;
}

/** Retry-After knows whole seconds only; who reads the other one need not wait that long. */
export function retryHeaders({ details }: AppError): Readonly<Record<string, string>> {
  const { retryAfterMs } = details;
  if (typeof retryAfterMs !== 'number') return {};
  return { 'retry-after': String(Math.ceil(retryAfterMs / 1000)), 'retry-after-ms': String(retryAfterMs) };
}

/** A message that cannot be read is the client's mistake. */
export function asAppError(error: unknown): unknown {
  return error instanceof ProtocolError ? new AppError('INVALID_INPUT', error.message, { cause: error }) : error;
}

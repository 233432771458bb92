import { AppError } from '../../errors';
import { ProtocolError } from '../../open-inference/protocol-error';
import { ConnectionError, type HttpAnswer } from './http-exchange';

/** The time that was given to the remote server is over. */
export class RemoteTimeout extends Error {
  constructor() {
    super('The remote server did not answer in time.');
    this.name = 'RemoteTimeout';
  }
}

const shownCharacters = 300;
const defaultRetryMs = 1_000;

/** Too busy now; a later try may be answered. */
export function isOverloaded({ status }: HttpAnswer): boolean {
  return status === 503 || status === 429;
}

/** What a server asked for with Retry-After; null: nothing. */
export function askedPauseMs({ headers }: HttpAnswer): number | null {
  const ms = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

/** An answer that is not 200, in our own words. */
export function failureOf(answer: HttpAnswer): AppError {
  const { status } = answer;
  const said = sentenceOf(answer);
  if (isOverloaded(answer)) {
    const retryAfterMs = Math.max(1, Math.ceil(askedPauseMs(answer) ?? defaultRetryMs));
    return new AppError('OVERLOADED', `The remote server is busy; try again in ${retryAfterMs} ms.`, { details: { retryAfterMs } });
  }
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return new AppError('INVALID_INPUT', `The remote server refused the input: ${said}`);
    case 401:
    case 403:
      return new AppError('MODEL_NOT_READY', `The remote server refuses us (HTTP ${status}): mend "remote.headers" in model.json.`);
    case 404:
      return new AppError('MODEL_NOT_READY', `The remote server does not have the model (HTTP 404): ${said}`);
    case 408:
    case 504:
      return new AppError('DEADLINE_EXCEEDED', `The remote server took too long (HTTP ${status}).`);
    default:
      return new AppError('INTERNAL_SERVER_ERROR', `The remote server failed (HTTP ${status}): ${said}`);
  }
}

/** What was thrown on the way there or back. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof RemoteTimeout) return new AppError('DEADLINE_EXCEEDED', error.message, { cause: error });
  if (error instanceof ConnectionError)
    return new AppError('MODEL_NOT_READY', `The remote server cannot be reached (${error.message}).`, {
      details: { retryAfterMs: defaultRetryMs },
      cause: error,
    });
  if (error instanceof ProtocolError)
    return new AppError('INTERNAL_SERVER_ERROR', `The remote server's answer cannot be read: ${error.message}`, { cause: error });
  return new AppError('INTERNAL_SERVER_ERROR', 'The remote server could not be asked.', { cause: error });
}

/** Servers say it as {"error"}, some as {"detail"}, proxies as a page. */
function sentenceOf({ body }: HttpAnswer): string {
  const text = new TextDecoder().decode(body.subarray(0, 64 * 1024));
  try {
    const { error, detail } = JSON.parse(text);
    return String(error ?? detail ?? text).slice(0, shownCharacters);
  } catch {
    return text.slice(0, shownCharacters);
  }
}

import pino from 'pino';
import type { Logger } from '../events/logger';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Structured logs, one JSON object a line, on stderr: stdout belongs to the line that says where the server is. */
export function createLogger(level: LogLevel): Logger {
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Keys and passwords have no business in a log, whoever puts them there.
      redact: { paths: ['authorization', 'password', 'apiKey', '*.authorization', '*.password'], censor: '[removed]' },
      serializers: { error: describeError },
    },
    pino.destination({ fd: 2, sync: true }),
  );
  return {
    debug: (event, facts = {}) => log.debug(facts, event),
    info: (event, facts = {}) => log.info(facts, event),
    warn: (event, facts = {}) => log.warn(facts, event),
    error: (event, facts = {}) => log.error(facts, event),
  };
}

/** What a person needs of an error. Not its other fields: drivers hang whole connections on theirs. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: error.message,
    ...(code !== undefined && { code }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}

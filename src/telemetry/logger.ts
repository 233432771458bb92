import pino from 'pino';
import type { Logger } from '../events/logger';
import { describeError } from './describe-error';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * Structured logs, one JSON object a line, on stderr: stdout belongs to the line that says where the server is.
 * @param everyLine what each line says besides.
 */
export function createLogger(level: LogLevel, everyLine: object | null = null): Logger {
  const log = pino(
    {
      level,
      base: everyLine,
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

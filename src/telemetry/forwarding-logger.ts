import type { Logger } from '../events/logger';
import { describeError } from './describe-error';

export interface LogLine {
  readonly level: keyof Logger;
  readonly event: string;
  readonly facts: object;
}

/** Hands each line to another thread's logger. Errors are described here: on the way they would lose their names, codes and causes' codes. */
export function forwardingLogger(forward: (line: LogLine) => void): Logger {
  const log =
    (level: keyof Logger) =>
    (event: string, facts: object = {}): void =>
      forward({ level, event, facts: Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, describeError(fact)])) });
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

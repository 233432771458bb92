import type { Logger } from '../../src/events/logger';

/** Says what went wrong, and nothing else. */
export function benchLogger(say: (line: string) => void): Logger {
  const tell = (event: string, facts: object = {}) =>
    say(`${event} ${JSON.stringify(facts, (_, value) => (value instanceof Error ? value.message : value))}`);
  return { debug: () => {}, info: () => {}, warn: tell, error: tell };
}

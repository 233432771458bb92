import type { Logger } from '../../src/events/logger';

/** Keeps what was logged, for tests that care; silent otherwise. */
export class FakeLogger implements Logger {
  readonly lines: { readonly level: string; readonly event: string; readonly facts: object }[] = [];

  debug(event: string, facts: object = {}): void {
    this.lines.push({ level: 'debug', event, facts });
  }
  info(event: string, facts: object = {}): void {
    this.lines.push({ level: 'info', event, facts });
  }
  warn(event: string, facts: object = {}): void {
    this.lines.push({ level: 'warn', event, facts });
  }
  error(event: string, facts: object = {}): void {
    this.lines.push({ level: 'error', event, facts });
  }
}

/** Port: structured logs. `event` is a constant name, the facts are fields. ERROR: a person must act; WARN: worth knowing; INFO: life cycle. */
export interface Logger {
  debug(event: string, facts?: object): void;
  info(event: string, facts?: object): void;
  warn(event: string, facts?: object): void;
  error(event: string, facts?: object): void;
}

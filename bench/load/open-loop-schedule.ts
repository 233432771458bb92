/**
 * When each request of an open loop is meant to leave: one every 1/rate seconds, whatever became of those before. Latencies count from
 * that moment, so a server (or a generator) that stalls cannot hide it by being asked less: no coordinated omission.
 */
export class OpenLoopSchedule {
  readonly total: number;
  readonly #ratePerMs: number;
  #taken = 0;

  constructor(ratePerSecond: number, durationMs: number) {
    this.#ratePerMs = ratePerSecond / 1000;
    this.total = Math.floor(this.#ratePerMs * durationMs);
  }

  get isOver(): boolean {
    return this.#taken >= this.total;
  }

  /** Milliseconds from the start at which the next request is meant to leave. */
  get nextAtMs(): number {
    return this.#taken / this.#ratePerMs;
  }

  /** The intended time of the next request that is due, in ms from the start; null when none is. Each is given once. */
  takeDue(elapsedMs: number): number | null {
    const atMs = this.nextAtMs;
    if (this.isOver || atMs > elapsedMs) return null;
    this.#taken++;
    return atMs;
  }
}

/** 256 KiB into the page cache take about 0.1 ms. */
const maxDirectBytes = 256 * 1024;
/** A write that held the event loop for so long waited for the disk. */
const slowMs = 2;
/** So long the disk is not trusted again: a stall seldom comes alone. */
const distrustMs = 1_000;

/**
 * Which writes are made on the event loop. Into the page cache one takes some 20 µs; by way of a libuv thread the same bytes took 0.7 ms on busy
 * cores, for which everybody whose prediction is being journaled waits. But a disk that cannot keep up stops whoever writes: then writes go by a
 * thread again, until it has had time to recover.
 */
export class DirectWrites {
  readonly #nowMs: () => number;
  #distrustedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  allow(sizeBytes: number): boolean {
    return sizeBytes <= maxDirectBytes && this.#nowMs() >= this.#distrustedUntilMs;
  }

  /** Makes a write that was allowed, and watches how long it takes, whether it fails or not. */
  run(write: () => number): number {
    const startedMs = this.#nowMs();
    try {
      return write();
    } finally {
      const endedMs = this.#nowMs();
      if (endedMs - startedMs >= slowMs) this.#distrustedUntilMs = endedMs + distrustMs;
    }
  }
}

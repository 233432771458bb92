/** How often the same failure is told again while it lasts. */
const tellAgainAfterMs = 300_000;

/** Tells whether a failure that comes again and again is due to be logged: when it begins, and every five minutes while it lasts. */
export class SparseLog {
  readonly #toldAtMs = new Map<string, number>();

  isDue(key: string, nowMs: number): boolean {
    const last = this.#toldAtMs.get(key);
    if (last !== undefined && nowMs - last < tellAgainAfterMs) return false;
    this.#toldAtMs.set(key, nowMs);
    return true;
  }

  /** It worked again: the next failure is a new one. */
  over(key: string): void {
    this.#toldAtMs.delete(key);
  }
}

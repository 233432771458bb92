interface Waiter {
  readonly appends: number;
  readonly resolve: () => void;
}

/** How far one reader is behind one writer: appends are counted, and the oldest that may still be missing is remembered with its time. */
export class Backlog {
  readonly #now: () => number;
  #appends = 0;
  #done = -1;
  /** Null: nothing is missing. What is there at the start has not been looked at. */
  #sinceMs: number | null;
  /** The first append after the last mark. */
  #sinceMarkMs: number | null = null;
  #waiters: readonly Waiter[] = [];

  constructor(now: () => number) {
    this.#now = now;
    this.#sinceMs = now();
  }

  get isEmpty(): boolean {
    return this.#sinceMs === null;
  }

  /** Age of the oldest append that may be missing; 0 when none is. */
  ageMs(): number {
    return this.#sinceMs === null ? 0 : this.#now() - this.#sinceMs;
  }

  add(): void {
    this.#appends++;
    this.#sinceMs ??= this.#now();
    this.#sinceMarkMs ??= this.#now();
  }

  /** What stands behind this moment, for `done`; only the newest mark counts. */
  mark(): number {
    this.#sinceMarkMs = null;
    return this.#appends;
  }

  /** Everything up to the newest mark is where it belongs. */
  done(mark: number): void {
    this.#done = mark;
    this.#sinceMs = this.#sinceMarkMs;
    const isDone = (waiter: Waiter) => waiter.appends <= mark;
    const ready = this.#waiters.filter(isDone);
    this.#waiters = this.#waiters.filter((waiter) => !isDone(waiter));
    for (const { resolve } of ready) resolve();
  }

  /** Resolves when everything that was added before the call is done. */
  drained(): Promise<void> {
    if (this.#done >= this.#appends) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters = [...this.#waiters, { appends: this.#appends, resolve }];
    });
  }
}

const sayEveryMs = 5_000;

/** Says now and then how fast it goes and how long it will take. */
export class Progress {
  readonly #say: (line: string) => void;
  readonly #what: string;
  readonly #elapsedMs: () => number;
  #total = 0;
  #last = { atMs: 0, count: 0 };

  constructor(what: string, say: (line: string) => void, elapsedMs: () => number) {
    this.#what = what;
    this.#say = say;
    this.#elapsedMs = elapsedMs;
  }

  begin(count: number, total: number): void {
    this.#total = total;
    this.#last = { atMs: this.#elapsedMs(), count };
  }

  /** @param count how many are done, those of earlier runs included. */
  at(count: number): void {
    const passedMs = this.#elapsedMs() - this.#last.atMs;
    if (passedMs < sayEveryMs) return;
    const ratePerSecond = ((count - this.#last.count) / passedMs) * 1000;
    const leftSeconds = (this.#total - count) / ratePerSecond;
    this.#last = { atMs: this.#elapsedMs(), count };
    this.#say(
      `${this.#what}: ${count} of ${this.#total} events, ${Math.round(ratePerSecond)} a second, ${Math.ceil(leftSeconds / 60)} minutes left`,
    );
  }
}

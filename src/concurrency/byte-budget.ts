interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/**
 * Bytes that may be in use at once, given out first come first served. Whoever wants more than there is at all gets it when he is alone.
 */
export class ByteBudget {
  readonly #limitBytes: number;
  readonly #waiting: Waiting[] = [];
  #usedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Resolves when the bytes are free, with the function that gives them back (once; later calls do nothing). */
  async acquire(bytes: number): Promise<() => void> {
    if (this.#waiting.length > 0 || !this.#fits(bytes)) {
      await new Promise<void>((start) => this.#waiting.push({ bytes, start }));
    } else this.#usedBytes += bytes;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#usedBytes -= bytes;
      this.#startNext();
    };
  }

  #fits(bytes: number): boolean {
    return this.#usedBytes === 0 || this.#usedBytes + bytes <= this.#limitBytes;
  }

  #startNext(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      // Taken here, not when its owner wakes up: the next one in this loop must see it.
      this.#usedBytes += next.bytes;
      next.start();
    }
  }
}

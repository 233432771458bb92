/** Random numbers that depend on the key alone, so that a run is the same on every machine and in every thread: sfc32. */
export class Draws {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spareNormal: number | null = null;

  constructor(...key: readonly [number, number, number]) {
    [this.#a, this.#b, this.#c] = key;
    for (let round = 0; round < 20; round++) this.uniform();
  }

  /** Above 0 and below 1. */
  uniform(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return ((sum >>> 0) + 0.5) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Successes in so many trials, for a small probability: jumps from success to success. */
  binomial(trials: number, probability: number): number {
    const logOfFailure = Math.log1p(-probability);
    let successes = 0;
    for (let trial = 0; ; successes++) {
      trial += 1 + Math.floor(Math.log(this.uniform()) / logOfFailure);
      if (trial > trials) return successes;
    }
  }

  /** Standard normal (Box, Muller). */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

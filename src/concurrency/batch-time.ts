/** How long a batch of so many rows took, from its dispatch to its answer. */
export interface BatchMeasurement {
  readonly rows: number;
  readonly ms: number;
}

/** Weight that a measurement keeps when the next one comes: the memory is about 1 / (1 - forgetting) batches long. */
const forgetting = 0.97;
/** Below this variance of the batch sizes (in rows squared) a slope cannot be told from noise; the one known so far is kept. */
const leastVariance = 0.05;

/**
 * Learns t(n) = fixedMs + perRowMs * n by least squares with exponential forgetting: b and a are those that minimise the sum of
 * w_i (t_i - b - a n_i)^2, neither below 0. Until something was measured it answers `defaultRowMs` a row.
 */
export class BatchTime {
  #weight = 0;
  #rows = 0;
  #rowsSquared = 0;
  #ms = 0;
  #rowsMs = 0;
  #fixedMs = 0;
  #perRowMs: number;

  constructor(measured: readonly BatchMeasurement[], defaultRowMs = 1) {
    this.#perRowMs = defaultRowMs;
    for (const one of measured) this.add(one);
  }

  get fixedMs(): number {
    return this.#fixedMs;
  }

  get perRowMs(): number {
    return this.#perRowMs;
  }

  of(rows: number): number {
    return this.#fixedMs + this.#perRowMs * rows;
  }

  add({ rows, ms }: BatchMeasurement): void {
    this.#weight = forgetting * this.#weight + 1;
    this.#rows = forgetting * this.#rows + rows;
    this.#rowsSquared = forgetting * this.#rowsSquared + rows * rows;
    this.#ms = forgetting * this.#ms + ms;
    this.#rowsMs = forgetting * this.#rowsMs + rows * ms;
    this.#fit();
  }

  #fit(): void {
    const [meanRows, meanMs] = [this.#rows / this.#weight, this.#ms / this.#weight];
    const variance = this.#rowsSquared / this.#weight - meanRows * meanRows;
    const isFirst = this.#weight === 1;
    if (variance > leastVariance) this.#perRowMs = (this.#rowsMs / this.#weight - meanRows * meanMs) / variance;
    // One size only: all of it is taken to grow with the rows, which a larger batch can only better.
    else if (isFirst) this.#perRowMs = meanMs / meanRows;
    this.#perRowMs = Math.min(Math.max(0, this.#perRowMs), meanMs / meanRows);
    this.#fixedMs = Math.max(0, meanMs - this.#perRowMs * meanRows);
  }

  /** The smallest batch whose time a row is within `tolerance` of that of the largest: beyond it a batch only makes its rows wait for each other. */
  enough(maxRows: number, tolerance: number): number {
    const best = this.of(maxRows) / maxRows;
    const spare = (1 + tolerance) * best - this.#perRowMs;
    if (spare <= 0) return maxRows;
    return Math.min(maxRows, Math.max(1, Math.ceil(this.#fixedMs / spare)));
  }
}

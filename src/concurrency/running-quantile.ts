export interface RunningQuantileOptions {
  /** Of the values that shall lie below, between 0 and 1. */
  readonly share: number;
  /** How far one value can move the estimate, in the unit of the values. */
  readonly step: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Follows a quantile of a stream in one number, by stochastic approximation: a value above the estimate raises it by `step * share`, any other
 * lowers it by `step * (1 - share)`, so that it rests where `share` of the values lie below (Robbins and Monro, 1951). It forgets by itself.
 */
export class RunningQuantile {
  readonly #options: RunningQuantileOptions;
  #value: number;

  constructor(options: RunningQuantileOptions) {
    this.#options = options;
    this.#value = options.least;
  }

  get value(): number {
    return this.#value;
  }

  add(value: number): void {
    const { share, step, least, most } = this.#options;
    const moved = this.#value + step * (value > this.#value ? share : share - 1);
    this.#value = Math.min(most, Math.max(least, moved));
  }
}

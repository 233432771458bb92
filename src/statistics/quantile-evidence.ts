import { tunedConcentration } from './beta-binomial-mixture';
import { convexMinimum } from './convex-minimum';
import { logMultinomialEValue } from './multinomial-e-value';
import type { OrderedSample } from './ordered-sample';

export interface QuantileOptions {
  /** Which quantile: 0.5 is the median. Between 0 and 1. */
  readonly quantile: number;
  readonly alpha: number;
  /** Units in an arm at which the test is sharpest; choose it before the data. */
  readonly tuningUnits: number;
}

/**
 * The evidence of one sample against "the q-quantile is x", for every x: the beta-binomial e-value G of n F units at or below x, where any F in
 * [F_n(x-), F_n(x)] is possible and the one nearest to the minimiser of G is taken. At the quantile itself exp(G) is below a martingale,
 * whatever the distribution. Source: Howard, Ramdas, Sequential estimation of quantiles, Bernoulli 28(3), 2022, arXiv 1906.09712.
 */
export class QuantileEvidence {
  readonly sample: OrderedSample;
  /** Position of the distinct value with the least evidence against it. */
  readonly leastAt: number;
  readonly #shares: readonly [number, number];
  readonly #concentration: number;
  /** The share of units below at which nothing speaks against a value. */
  readonly #bestShare: number;

  /** @throws RangeError unless quantile and alpha lie between 0 and 1 and tuningUnits is above 0. */
  constructor(sample: OrderedSample, { quantile, alpha, tuningUnits }: QuantileOptions) {
    if (!(quantile > 0 && quantile < 1)) throw new RangeError(`The quantile must lie between 0 and 1, not ${quantile}.`);
    this.sample = sample;
    this.#shares = [quantile, 1 - quantile];
    this.#concentration = tunedConcentration({ units: tuningUnits, alpha });
    this.#bestShare = convexMinimum((share) => this.#ofShare(share), 0, 1).at;
    const { unitsUpTo, units } = sample;
    let [low, high] = [0, unitsUpTo.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((unitsUpTo[middle] as number) >= this.#bestShare * units) high = middle;
      else low = middle + 1;
    }
    this.leastAt = low;
  }

  /** Against the distinct value at a position, as ln of an e-value. */
  at(position: number): number {
    return this.#between(this.#shareUpTo(position - 1), this.#shareUpTo(position));
  }

  /** Against what lies between that value and the next; -1 is below all of them, the last position above. */
  after(position: number): number {
    return this.#ofShare(this.#shareUpTo(position));
  }

  #shareUpTo(position: number): number {
    return position < 0 ? 0 : (this.sample.unitsUpTo[position] as number) / this.sample.units;
  }

  #between(low: number, high: number): number {
    return this.#ofShare(Math.min(Math.max(this.#bestShare, low), high));
  }

  #ofShare(share: number): number {
    const { units } = this.sample;
    return logMultinomialEValue([share * units, (1 - share) * units], this.#shares, this.#concentration);
  }
}

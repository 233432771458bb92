import { normalSurvival } from '../../src/statistics/normal-distribution';
import { type OrderedSample, orderedCounts } from '../../src/statistics/ordered-sample';
import { quantileAbPValue, quantileAbTest } from '../../src/statistics/quantile-ab-test';
import type { Draws } from './draws';
import type { ArmIndex, Trial, TrialLook } from './setting';

export interface QuantileTrialOptions {
  readonly treatmentShare: number;
  readonly quantile: number;
  readonly tuningUnits: number;
  /** Bins of the latency, which is what an arm keeps. */
  readonly bins: number;
  readonly draw: (arm: ArmIndex) => number;
  /** True difference of the arms' quantiles, in bins. */
  readonly truth: number;
}

/** The anytime-valid quantile A/B test on histograms. */
export class QuantileTrial implements Trial {
  readonly #draws: Draws;
  readonly #options: QuantileTrialOptions;
  readonly #histograms: readonly [Int32Array, Int32Array];
  readonly #units: [number, number] = [0, 0];

  constructor(draws: Draws, options: QuantileTrialOptions) {
    this.#draws = draws;
    this.#options = options;
    this.#histograms = [new Int32Array(options.bins), new Int32Array(options.bins)];
  }

  get unitsInSmallestArm(): number {
    return Math.min(...this.#units);
  }

  next(): void {
    const arm = this.#draws.chance(this.#options.treatmentShare) ? 1 : 0;
    const bin = Math.min(this.#options.bins - 1, Math.max(0, Math.floor(this.#options.draw(arm))));
    this.#histograms[arm][bin] = (this.#histograms[arm][bin] as number) + 1;
    this.#units[arm] += 1;
  }

  look(alpha: number): TrialLook {
    const { quantile, tuningUnits, truth } = this.#options;
    const [control, treatment] = this.#histograms.map((bins) => orderedCounts(Array.from(bins, (units, value) => ({ value, units })))) as [
      OrderedSample,
      OrderedSample,
    ];
    const options = { quantile, alpha, tuningUnits };
    const shifted = { ...control, values: control.values.map((value) => value + truth) };
    return {
      fixedPValue: fixedPValue(control, treatment, quantile),
      callsDifference: () => quantileAbPValue(control, treatment, options) <= alpha,
      missesTruth: () => quantileAbPValue(shifted, treatment, options) < alpha,
      interval: () => quantileAbTest(control, treatment, options),
    };
  }
}

/** z-test with the spread that the order statistics at q +- 1.96 sqrt(q (1 - q) / n) tell. */
function fixedPValue(control: OrderedSample, treatment: OrderedSample, quantile: number): number {
  const spread = (sample: OrderedSample) => {
    const reach = 1.96 * Math.sqrt((quantile * (1 - quantile)) / sample.units);
    return (valueAt(sample, quantile + reach) - valueAt(sample, quantile - reach)) / (2 * 1.96);
  };
  const standardError = Math.hypot(spread(control), spread(treatment));
  const difference = valueAt(treatment, quantile) - valueAt(control, quantile);
  return standardError === 0 ? 1 : 2 * normalSurvival(Math.abs(difference) / standardError);
}

function valueAt({ values, unitsUpTo, units }: OrderedSample, share: number): number {
  const at = unitsUpTo.findIndex((upTo) => upTo >= Math.min(share, 1) * units);
  return values[at === -1 ? values.length - 1 : at] as number;
}

import { logMultinomialEValue } from './multinomial-e-value';

export interface SampleRatioLook {
  /** Distinct units in each arm, all since the start (of the period with these weights). */
  readonly observed: readonly number[];
  /** Promised shares; only their proportions count. */
  readonly weights: readonly number[];
  /** Of the Dirichlet prior, summed over the arms; choose it before the data. */
  readonly concentration?: number;
  /** `pValue` of the look before, 1 at the first. */
  readonly previousPValue?: number;
}

export interface SampleRatioEvidence {
  /** ln of the e-value; Infinity when an arm of weight 0 has units. */
  readonly logEValue: number;
  /** min(1, 1 / e-value) of this look alone. */
  readonly pValueOfLook: number;
  /** The running minimum: a p-value at every look together. Never rises. */
  readonly pValue: number;
}

/**
 * Do the arms hold the shares that their weights promise, asked after every unit if one likes? The p-value of Lindon and Malek, Anytime-valid
 * inference for multinomial count data, arXiv 2011.03567: p_n = min(p_(n-1), 1 / E_n) with the Dirichlet-multinomial e-value of
 * `logMultinomialEValue`. P(p ever <= alpha) <= alpha while the assignment keeps its weights; the chi-square of `sampleRatioMismatch` promises that
 * for one look only. The weights must not change: start anew when they do, and multiply the e-values of the periods.
 *
 * The default concentration 200 looks for shares that are off by about 3.5 points of 50. With p < 0.001 it takes about 520 units to see
 * 60/40 in place of 50/50, 1,800 for 55/45, 48,000 for 51/49; 10,000 would take 2,100, 4,500 and 47,000.
 *
 * An arm of weight 0 is not counted, unless it has units: then p is 0. Error of the logarithm below 1e-11 up to 1e7 units.
 *
 * @throws RangeError when the lists differ in length, a number is negative or not finite, every weight is 0, the concentration is not
 * above 0, or the previous p is outside 0..1.
 * @example alwaysValidSampleRatio({ observed: [5000, 5250], weights: [1, 1] }).pValue; // 0.3635...
 */
export function alwaysValidSampleRatio(look: SampleRatioLook): SampleRatioEvidence {
  const { observed, weights, concentration = 200, previousPValue = 1 } = look;
  requireArguments(observed, weights, previousPValue);
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const arms = weights.map((weight, arm) => ({ share: weight / weightSum, units: observed[arm] ?? 0 }));
  const counted = arms.filter(({ share }) => share > 0);
  const isImpossible = arms.some(({ share, units }) => share === 0 && units > 0);
  const logEValue = isImpossible
    ? Number.POSITIVE_INFINITY
    : logMultinomialEValue(
        counted.map(({ units }) => units),
        counted.map(({ share }) => share),
        concentration,
      );
  const pValueOfLook = Math.min(1, Math.exp(-logEValue));
  return { logEValue, pValueOfLook, pValue: Math.min(previousPValue, pValueOfLook) };
}

function requireArguments(observed: readonly number[], weights: readonly number[], previousPValue: number): void {
  if (observed.length !== weights.length) throw new RangeError('There must be as many weights as arms.');
  const isCount = (value: number) => Number.isFinite(value) && value >= 0;
  if (!observed.every(isCount)) throw new RangeError('Every number of units must be at least 0.');
  if (!weights.every(isCount)) throw new RangeError('Every weight must be at least 0.');
  if (!weights.some((weight) => weight > 0)) throw new RangeError('At least one weight must be above 0.');
  if (!(previousPValue >= 0 && previousPValue <= 1)) {
    throw new RangeError(`The previous p-value must lie between 0 and 1, not ${previousPValue}.`);
  }
}

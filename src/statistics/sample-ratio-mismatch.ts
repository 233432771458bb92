import { chiSquaredSurvival } from './chi-squared-distribution';

export interface SampleRatioTest {
  /** Pearson's chi-square; Infinity when a unit is in an arm of weight 0. */
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}

/**
 * Do the arms hold the shares of units that their weights promise? Chi-square goodness of fit, sum((observed - expected)^2 / expected)
 * with (arms of weight above 0) - 1 degrees of freedom; a small p means that the assignment or the logging is broken and no verdict can be
 * trusted. An arm of weight 0 is not counted, unless it has units: then p is 0. Without units, or with one arm, nothing can be said and p
 * is 1.
 *
 * @param observed distinct units in each arm. @param weights promised shares; only their proportions count.
 * @throws RangeError when the lists differ in length, a number is negative or not finite, or every weight is 0.
 * @example sampleRatioMismatch([520, 480], [0.5, 0.5]).pValue; // 0.2059...
 */
export function sampleRatioMismatch(observed: readonly number[], weights: readonly number[]): SampleRatioTest {
  requireArguments(observed, weights);
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const units = observed.reduce((sum, count) => sum + count, 0);
  const degreesOfFreedom = weights.filter((weight) => weight > 0).length - 1;
  let statistic = 0;
  weights.forEach((weight, arm) => {
    const count = observed[arm] ?? 0;
    if (weight === 0 && count > 0) statistic = Number.POSITIVE_INFINITY;
    if (weight === 0 || units === 0) return;
    const expected = (units * weight) / weightSum;
    statistic += (count - expected) ** 2 / expected;
  });
  if (statistic === Number.POSITIVE_INFINITY) return { statistic, degreesOfFreedom, pValue: 0 };
  return { statistic, degreesOfFreedom, pValue: degreesOfFreedom === 0 ? 1 : chiSquaredSurvival(statistic, degreesOfFreedom) };
}

function requireArguments(observed: readonly number[], weights: readonly number[]): void {
  if (observed.length !== weights.length) throw new RangeError('There must be as many weights as arms.');
  const isCount = (value: number) => Number.isFinite(value) && value >= 0;
  if (!observed.every(isCount)) throw new RangeError('Every number of units must be at least 0.');
  if (!weights.every(isCount)) throw new RangeError('Every weight must be at least 0.');
  if (!weights.some((weight) => weight > 0)) throw new RangeError('At least one weight must be above 0.');
}

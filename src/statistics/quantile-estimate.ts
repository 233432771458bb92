import { normalQuantile } from './normal-distribution';
import { type ArmEstimate, type RatioSums, ratioOfSums } from './ratio-of-sums';

/** A sample quantile with the order statistics around it that `quantileBounds` names. */
export interface QuantileSample {
  /** Which one, between 0 and 1: 0.95 for p95. */
  readonly quantile: number;
  /** Values, in all units together. */
  readonly units: number;
  /** The sample size that `quantileBounds` was asked with; less than `units` when values were thinned. Same as `units` unless given. */
  readonly boundSampleSize?: number;
  readonly value: number;
  /** The sample quantile at `quantileBounds().lower`. */
  readonly lowerValue: number;
  /** The sample quantile at `quantileBounds().upper`. */
  readonly upperValue: number;
  /**
   * When the unit of randomisation has several values: over units, numerator the values at or below the quantile and denominator the
   * values. Without it every value counts as a unit, and the standard error of clustered values is too small.
   */
  readonly clusters?: RatioSums;
}

/** Below this the order statistics may coincide by chance even when the values differ. */
const unitsForZeroSpread = 1000;

/** From here on the variance of a value is at least `varianceFloor`, so that rounded values do not look certain. */
const unitsForFloor = 100;
const varianceFloor = 1e-5;

/**
 * Where to read the order statistics: q -+ 1.96 sqrt(q (1 - q) / n), kept within 0..1.
 *
 * @throws RangeError unless 0 < quantile < 1 and the sample size is above 0.
 * @example quantileBounds(0.9, 10_000); // { lower: 0.894..., upper: 0.905... }
 */
export function quantileBounds(quantile: number, sampleSize: number): { readonly lower: number; readonly upper: number } {
  requireQuantile(quantile);
  requireSampleSize(sampleSize);
  const halfWidth = normalQuantile(0.975) * Math.sqrt((quantile * (1 - quantile)) / sampleSize);
  return { lower: Math.max(0, quantile - halfWidth), upper: Math.min(1, quantile + halfWidth) };
}

/**
 * A quantile with the standard error that the distance of two order statistics tells, without estimating a density: the variance per value
 * is s^2 = (n* / n)(n - 1)((U - L) / (2 x 1.96))^2 and SE = sqrt(s^2 / n); with clusters s^2 is multiplied by the variance of the share of
 * values at or below the quantile over units, divided by q (1 - q) / n. s^2 is at least 1e-5 from 100 values on. Source: Deng, Knoblich,
 * Lu, Applying the delta method in metric analytics (KDD 2018), section 4; floors as GrowthBook's gbstats (MIT). The estimate goes into
 * lifts like a mean.
 *
 * @returns null when nothing can be said: one of the bounds is outside the sample (n <= 1.96^2 q / (1 - q) or the reverse), the order
 * statistics coincide in fewer than 1,000 values, or the clusters have no spread to tell.
 * @throws RangeError when an argument is out of its range or not finite, or the order statistics are out of order.
 * @example quantileEstimate({ quantile: 0.9, units: 10_000, value: 7.16, lowerValue: 7.1, upperValue: 7.22 })?.standardError; // 0.0306...
 */
export function quantileEstimate(sample: QuantileSample): ArmEstimate | null {
  requireSample(sample);
  const { quantile, units, boundSampleSize = units, value, lowerValue, upperValue, clusters } = sample;
  const z = normalQuantile(0.975);
  const odds = quantile / (1 - quantile);
  if (units <= z * z * Math.max(odds, 1 / odds)) return null;
  const perValue = (boundSampleSize / units) * (units - 1) * ((upperValue - lowerValue) / (2 * z)) ** 2;
  const variance = clusters === undefined ? perValue : clusteredVariance(perValue, sample, clusters);
  if (variance === null || (variance === 0 && units < unitsForZeroSpread)) return null;
  const floored = units < unitsForFloor ? variance : Math.max(variance, varianceFloor);
  return { mean: value, standardError: Math.sqrt(floored / units), units };
}

function clusteredVariance(perValue: number, { quantile, units }: QuantileSample, clusters: RatioSums): number | null {
  const share = ratioOfSums(clusters);
  return share === null ? null : (perValue * share.standardError ** 2 * units) / (quantile * (1 - quantile));
}

function requireSample({ quantile, units, boundSampleSize = units, value, lowerValue, upperValue }: QuantileSample): void {
  requireQuantile(quantile);
  requireSampleSize(units);
  requireSampleSize(boundSampleSize);
  if (![value, lowerValue, upperValue].every(Number.isFinite)) throw new RangeError('The order statistics must be finite numbers.');
  if (lowerValue > upperValue) throw new RangeError('The lower order statistic must not be above the upper one.');
}

function requireQuantile(quantile: number): void {
  if (!(quantile > 0 && quantile < 1)) throw new RangeError(`The quantile must lie between 0 and 1, not ${quantile}.`);
}

function requireSampleSize(sampleSize: number): void {
  if (!(sampleSize > 0 && Number.isFinite(sampleSize))) throw new RangeError(`The sample size must be above 0, not ${sampleSize}.`);
}

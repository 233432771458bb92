import { ascendingOrder } from './p-value-order';

/**
 * Hochberg's step-up adjustment: adjusted p_(i) = min over j >= i of min(1, (m - j + 1) p_(j)), in the input's order. Never above Holm's,
 * but the tests must be independent or positively dependent. Source: Biometrika 75, 1988.
 *
 * @throws RangeError when a p-value is outside 0..1.
 * @example hochbergAdjust([0.04, 0.03]); // [0.04, 0.04]
 */
export function hochbergAdjust(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length);
  let lowest = 1;
  ascendingOrder(pValues).reduceRight((_, { pValue, index }, rank) => {
    lowest = Math.min(lowest, (pValues.length - rank) * pValue);
    adjusted[index] = lowest;
    return null;
  }, null);
  return adjusted;
}

import { ascendingOrder } from './p-value-order';

/**
 * Holm's step-down adjustment: the chance of even one false discovery among all hypotheses stays at alpha when those with an adjusted p of
 * at most alpha are called, whatever their dependence. Adjusted p_(i) = max over j <= i of min(1, (m - j + 1) p_(j)), in the input's order.
 * It keeps the validity of always-valid p-values. Source: Holm, Scandinavian Journal of Statistics 6, 1979.
 *
 * @throws RangeError when a p-value is outside 0..1.
 * @example holmAdjust([0.04, 0.01]); // [0.04, 0.02]
 */
export function holmAdjust(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length);
  let highest = 0;
  ascendingOrder(pValues).forEach(({ pValue, index }, rank) => {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * pValue));
    adjusted[index] = highest;
  });
  return adjusted;
}

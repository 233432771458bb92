import { ascendingOrder } from './p-value-order';

/**
 * Hommel's adjustment, the closure of Simes' test: never above Hochberg's, under the same condition of independence or positive dependence.
 * For every number m of hypotheses that may be true it takes Simes' p of the m largest, min over j of m p_(k - m + j) / j; work m^2.
 * Source: Hommel, Biometrika 75, 1988; this form by Wright, Biometrics 48, 1992.
 *
 * @throws RangeError when a p-value is outside 0..1.
 * @example hommelAdjust([0.04, 0.03]); // [0.04, 0.04]
 */
export function hommelAdjust(pValues: readonly number[]): number[] {
  const order = ascendingOrder(pValues);
  const sorted = order.map(({ pValue }) => pValue);
  const count = sorted.length;
  const highest = [...sorted];
  for (let size = 1; size <= count; size++) {
    const simes = simesOfLargest(sorted, size, 1);
    const withoutFirst = simesOfLargest(sorted, size, 2);
    sorted.forEach((pValue, rank) => {
      // A hypothesis among the largest belongs to that set; a smaller one is tested with the size - 1 largest.
      const local = rank >= count - size ? simes : Math.min(size * pValue, withoutFirst);
      highest[rank] = Math.max(highest[rank] as number, local);
    });
  }
  const adjusted = new Array<number>(count);
  order.forEach(({ index }, rank) => {
    adjusted[index] = Math.min(1, highest[rank] as number);
  });
  return adjusted;
}

/** Min of size p / j over the largest p-values from the j-th of them on, j = from..size; Infinity when there is none. */
function simesOfLargest(sorted: readonly number[], size: number, from: number): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let j = from; j <= size; j++) lowest = Math.min(lowest, (size * (sorted[sorted.length - size + j - 1] as number)) / j);
  return lowest;
}

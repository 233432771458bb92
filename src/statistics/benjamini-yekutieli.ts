import { benjaminiHochbergAdjust } from './benjamini-hochberg';

/**
 * Benjamini and Yekutieli's adjustment: Benjamini and Hochberg's times 1 + 1/2 + .. + 1/m, which keeps the expected share of false
 * discoveries below q whatever the dependence of the tests. Source: Annals of Statistics 29, 2001.
 *
 * @throws RangeError when a p-value is outside 0..1.
 * @example benjaminiYekutieliAdjust([0.04, 0.01]); // [0.06, 0.03]
 */
export function benjaminiYekutieliAdjust(pValues: readonly number[]): number[] {
  const harmonic = pValues.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  // The cap at 1 of the inner adjustment does no harm: what it cuts is above 1 with the factor as well.
  return benjaminiHochbergAdjust(pValues).map((pValue) => Math.min(1, harmonic * pValue));
}

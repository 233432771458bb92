import type { CovariateSums } from './covariate-sums';
import type { MetricSums } from './result-sums';

/**
 * Any sum of products over the units of an arm, by its letters: '' is the number of units, 'mdx' the sum of m d x. Letters in the order m, d, x, e.
 */
export function sumOfProduct(units: number, sums: MetricSums, covariates: CovariateSums, product: string): number {
  const own: Readonly<Record<string, number>> = {
    '': units,
    m: sums.numerator,
    d: sums.denominator,
    mm: sums.numeratorSquared,
    md: sums.product,
    dd: sums.denominatorSquared,
    mmm: sums.numeratorCubed,
    mmd: sums.numeratorSquaredDenominator,
    mdd: sums.numeratorDenominatorSquared,
    ddd: sums.denominatorCubed,
  };
  const found = own[product] ?? (covariates as Readonly<Record<string, number>>)[product];
  if (found === undefined) throw new RangeError(`There is no sum of "${product}".`);
  return found;
}

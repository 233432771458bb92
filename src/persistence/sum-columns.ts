import type { MetricSums } from '../experiments/result-sums';

/** The columns of `variant_sums` and what they are called in results; units, a count, stands apart. */
export const sumColumns: readonly (readonly [column: string, field: Exclude<keyof MetricSums, 'units'>])[] = [
  ['numerator', 'numerator'],
  ['denominator', 'denominator'],
  ['numerator_squared', 'numeratorSquared'],
  ['denominator_squared', 'denominatorSquared'],
  ['product', 'product'],
  ['numerator_cubed', 'numeratorCubed'],
  ['numerator_squared_denominator', 'numeratorSquaredDenominator'],
  ['numerator_denominator_squared', 'numeratorDenominatorSquared'],
  ['denominator_cubed', 'denominatorCubed'],
];

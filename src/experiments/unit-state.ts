import { covariateProducts } from './covariate-sums';
import { counted, noTotals, type UnitTotals } from './result-sums';

/** What a unit has of one metric: what counts, and what is known of it from elsewhere that foretells it. */
export interface UnitState {
  readonly totals: UnitTotals;
  /** Null: nothing is known, which counts as zeros. */
  readonly covariate: UnitTotals | null;
}

/** Of each product, which of a unit's four numbers it multiplies. */
const factors = covariateProducts.map((product) => [...product].map((letter) => 'mdxe'.indexOf(letter)));

/**
 * The change of the sums when one unit goes from `before` to `after`, in the order of `covariateProducts`; the cap holds for what is known from elsewhere
 * as for what counts.
 */
export function covariateDelta(before: UnitState, after: UnitState, cap: number | null): readonly number[] {
  const [from, to] = [valuesOf(before, cap), valuesOf(after, cap)];
  return factors.map((positions) => productOf(to, positions) - productOf(from, positions));
}

function valuesOf({ totals, covariate }: UnitState, cap: number | null): readonly number[] {
  const [own, known] = [counted(totals, cap), counted(covariate ?? noTotals, cap)];
  return [own.numerator, own.denominator, known.numerator, known.denominator];
}

function productOf(values: readonly number[], positions: readonly number[]): number {
  let result = 1;
  for (const position of positions) result *= values[position] as number;
  return result;
}

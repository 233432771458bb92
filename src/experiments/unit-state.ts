import { type CovariateSums, covariateSumsOf } from './covariate-sums';
import { capped, noTotals, type UnitTotals } from './result-sums';

/** What a unit has of one metric: what counts, and what is known of it from elsewhere that foretells it. */
export interface UnitState {
  readonly totals: UnitTotals;
  /** Null: nothing is known, which counts as zeros. */
  readonly covariate: UnitTotals | null;
}

/** The change of the sums when one unit goes from `before` to `after`; the cap holds for what is known from elsewhere as for what counts. */
export function covariateDelta(before: UnitState, after: UnitState, cap: number | null): CovariateSums {
  const [from, to] = [valuesOf(before, cap), valuesOf(after, cap)];
  return covariateSumsOf((product) => productOf(to, product) - productOf(from, product));
}

type Values = Readonly<Record<string, number>>;

function valuesOf({ totals, covariate }: UnitState, cap: number | null): Values {
  const [own, known] = [capped(totals, cap), capped(covariate ?? noTotals, cap)];
  return { m: own.numerator, d: own.denominator, x: known.numerator, e: known.denominator };
}

function productOf(values: Values, product: string): number {
  let result = 1;
  for (const letter of product) result *= values[letter] as number;
  return result;
}

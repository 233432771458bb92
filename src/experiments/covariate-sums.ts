import { capped, type MetricSums, noTotals, type UnitTotals } from './result-sums';

/** What a unit has of one metric: what counts, and what is known of it from elsewhere that foretells it. */
export interface UnitState {
  readonly totals: UnitTotals;
  /** Null: nothing is known, which counts as zeros. */
  readonly covariate: UnitTotals | null;
}

const products = ['x', 'e', 'mx', 'me', 'dx', 'de', 'xx', 'xe', 'ee'] as const;
const triples = [
  ...(['mmx', 'mme', 'mdx', 'mde', 'mxx', 'mxe', 'mee', 'ddx'] as const),
  ...(['dde', 'dxx', 'dxe', 'dee', 'xxx', 'xxe', 'xee', 'eee'] as const),
];
export const covariateProducts = [...products, ...triples] as const;

/**
 * Sums over units of products of a unit's numerator m, denominator d, covariate's numerator x and covariate's denominator e, up to the third degree:
 * those that hold an x or an e (`MetricSums` are the others). `mxx` is the sum of m x x. Mergeable by addition, as those.
 */
export type CovariateSums = Readonly<Record<(typeof covariateProducts)[number], number>>;

export const noCovariateSums: CovariateSums = Object.freeze(sumsOf(() => 0));

/** The change of the sums when one unit goes from `before` to `after`; the cap holds for what is known from elsewhere as for what counts. */
export function covariateDelta(before: UnitState, after: UnitState, cap: number | null): CovariateSums {
  const [from, to] = [valuesOf(before, cap), valuesOf(after, cap)];
  return sumsOf((product) => productOf(to, product) - productOf(from, product));
}

export function addCovariateSums(a: CovariateSums, b: CovariateSums): CovariateSums {
  return sumsOf((product) => a[product] + b[product]);
}

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

function sumsOf(value: (product: (typeof covariateProducts)[number]) => number): CovariateSums {
  return Object.fromEntries(covariateProducts.map((product) => [product, value(product)])) as CovariateSums;
}

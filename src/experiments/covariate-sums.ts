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

export const noCovariateSums: CovariateSums = covariateSumsOf(covariateProducts.map(() => 0));

/** @param sums in the order of `covariateProducts`. */
export function covariateSumsOf(sums: readonly number[]): CovariateSums {
  return Object.fromEntries(covariateProducts.map((product, at) => [product, sums[at]])) as CovariateSums;
}

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

export const noCovariateSums: CovariateSums = Object.freeze(covariateSumsOf(() => 0));

export function addCovariateSums(a: CovariateSums, b: CovariateSums): CovariateSums {
  return covariateSumsOf((product) => a[product] + b[product]);
}

/** A number for each product. */
export function covariateSumsOf(value: (product: (typeof covariateProducts)[number]) => number): CovariateSums {
  return Object.fromEntries(covariateProducts.map((product) => [product, value(product)])) as CovariateSums;
}

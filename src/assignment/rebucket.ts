import { massOf, type RangeSet, splitRanges, subtractRanges, toRangeSet } from './range-set';
import { ownRanges, type VariantRanges } from './variant-ranges';

/** The shares that the variants are to have from now on. */
export interface Shares {
  /** One a variant, at least as many as there were; they sum to 1. */
  readonly weights: readonly number[];
  /** Share of the units that take part, 0..1. */
  readonly coverage: number;
}

/**
 * New ranges for new weights that move as few units as can be. Cutting 0..1 anew, as `bucketRanges` does, would move units between variants that both
 * grow; here a variant gives away only what it has too much, sum over variants of max(0, old mass - new mass) in all, which is the least
 * possible. What is given away goes to the variants that lack something, so that who takes part goes on doing so; only then the ranges of
 * nobody are used. A raised coverage with the same weights moves nobody. A variant may own several ranges afterwards.
 *
 * Units that do move have seen both variants; a new period of the analysis should begin. Sticky documents move nobody at all.
 *
 * @param old what the variants have now.
 * @throws RangeError when there are fewer weights than variants, when one is negative, when they do not sum to 1, or the coverage is not in 0..1.
 * @example rebucket([[[0, 0.5]], [[0.5, 1]]], { weights: [0.3, 0.7], coverage: 1 }); // [[[0, 0.3]], [[0.3, 1]]]
 */
export function rebucket(old: VariantRanges, { weights, coverage }: Shares): VariantRanges {
  checkShares(old, weights, coverage);
  const owned = ownRanges(weights.map((_, variant) => old[variant] ?? []));
  const halves = owned.map((ranges, variant) => splitRanges(ranges, coverage * (weights[variant] as number)));
  const kept = halves.map(([taken]) => taken);
  const nobodys = subtractRanges([[0, 1]], toRangeSet(owned.flat()));
  let pool: RangeSet = halves.flatMap(([, surplus]) => surplus).sort(([a], [b]) => a - b);
  let reserve = nobodys;
  return kept.map((ranges, variant) => {
    const missing = coverage * (weights[variant] as number) - massOf(ranges);
    const [freed, poolLeft] = splitRanges(pool, missing);
    const [fresh, reserveLeft] = splitRanges(reserve, missing - massOf(freed));
    pool = poolLeft;
    reserve = reserveLeft;
    return toRangeSet([...ranges, ...freed, ...fresh]);
  });
}

function checkShares(old: VariantRanges, weights: readonly number[], coverage: number): void {
  if (weights.length < old.length) throw new RangeError(`There are ${old.length} variants and only ${weights.length} weights.`);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!weights.every((weight) => weight >= 0) || Math.abs(sum - 1) > 1e-6) {
    throw new RangeError(`Weights must not be negative and must sum to 1, but are ${weights.join(', ')}.`);
  }
  if (!(coverage >= 0 && coverage <= 1)) throw new RangeError(`The coverage must be in 0..1, but is ${coverage}.`);
}

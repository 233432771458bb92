import type { BucketRange } from './bucket-ranges';
import { massOf, type RangeSet, subtractRanges, toRangeSet } from './range-set';

/** For each variant, in the experiment's order, the ranges it owns: one as a rule, several after its weight was changed. */
export type VariantRanges = readonly (readonly BucketRange[])[];

/**
 * What each variant really gets: of ranges that overlap, the first variant's counts, and what lies outside 0..1 is nobody's.
 *
 * @example ownRanges([[[0, 0.6]], [[0.5, 2]]]); // [[[0, 0.6]], [[0.6, 1]]]
 */
export function ownRanges(ranges: VariantRanges): RangeSet[] {
  let taken: RangeSet = [];
  return ranges.map((wanted) => {
    const own = subtractRanges(toRangeSet(wanted), taken);
    taken = toRangeSet([...taken, ...own]);
    return own;
  });
}

/**
 * Probability of each variant among the units that take part: its mass / the mass of all. All 0 when nobody takes part. Exact for hash version 3;
 * versions 1 and 2 have whole buckets, so that theirs may differ by one bucket (0.001 and 0.0001).
 *
 * @example propensitiesOf([[[0, 0.1]], [[0.5, 0.8]]]); // [0.25, 0.75]
 */
export function propensitiesOf(ranges: VariantRanges): number[] {
  const masses = ownRanges(ranges).map(massOf);
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  return masses.map((mass) => (total === 0 ? 0 : tidy(mass / total)));
}

/** Weights are decimals that people wrote: 0.3, not 0.30000000000000004. */
function tidy(share: number): number {
  return Math.round(share * 1e14) / 1e14;
}

/**
 * The first variant that owns a fraction, -1 when none does, with the ranges laid out for the hot path.
 *
 * @example compileChoice([[[0, 0.5]], [[0.5, 1]]])(0.7); // 1
 */
export function compileChoice(ranges: VariantRanges): (fraction: number) => number {
  const flat = ranges.flatMap((owned, variant) => owned.map(([start, end]) => ({ start, end, variant })));
  const starts = Float64Array.from(flat, ({ start }) => start);
  const ends = Float64Array.from(flat, ({ end }) => end);
  const variants = Int32Array.from(flat, ({ variant }) => variant);
  return (fraction) => {
    for (let index = 0; index < starts.length; index++) {
      if (fraction >= (starts[index] as number) && fraction < (ends[index] as number)) return variants[index] as number;
    }
    return -1;
  };
}

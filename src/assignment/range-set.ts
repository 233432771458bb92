import type { BucketRange } from './bucket-ranges';

/** Ranges in order of their starts that neither overlap nor are empty, all within 0..1. */
export type RangeSet = readonly BucketRange[];

/** Narrower slivers are rounding, not units: hash version 3 would put one unit in a hundred thousand million there. */
const sliver = 1e-11;

/** What any list of ranges covers. @example toRangeSet([[0.5, 2], [0.2, 0.6]]); // [[0.2, 1]] */
export function toRangeSet(ranges: readonly BucketRange[]): RangeSet {
  const clipped = ranges.map(([start, end]): BucketRange => [Math.max(0, start), Math.min(1, end)]);
  const ordered = clipped.filter(([start, end]) => end > start).sort(([a], [b]) => a - b);
  const merged: BucketRange[] = [];
  for (const range of ordered) {
    const last = merged.at(-1);
    if (last !== undefined && range[0] <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], range[1])];
    else merged.push(range);
  }
  return merged;
}

/** The share of all fractions that is in the set. */
export function massOf(ranges: RangeSet): number {
  return ranges.reduce((sum, [start, end]) => sum + (end - start), 0);
}

/** What is in the set and not in the other one. @example subtractRanges([[0, 1]], [[0.2, 0.3]]); // [[0, 0.2], [0.3, 1]] */
export function subtractRanges(ranges: RangeSet, removed: RangeSet): RangeSet {
  let left: readonly BucketRange[] = ranges;
  for (const [from, to] of removed) {
    left = left.flatMap(([start, end]): BucketRange[] => {
      if (to <= start || from >= end) return [[start, end]];
      const parts: BucketRange[] = [
        [start, from],
        [to, end],
      ];
      return parts.filter(([partStart, partEnd]) => partEnd > partStart);
    });
  }
  return left;
}

/**
 * Cuts a set in two: its lowest part of this mass, and the rest. A cut is put on a multiple of 1e-12, so that sums of decimal weights end on the
 * decimal that was meant: with the 10,000 buckets of hash version 2, 0.30000000000000004 would move a whole bucket.
 *
 * @example splitRanges([[0, 0.2], [0.5, 1]], 0.3); // [[[0, 0.2], [0.5, 0.6]], [[0.6, 1]]]
 */
export function splitRanges(ranges: RangeSet, mass: number): [taken: RangeSet, rest: RangeSet] {
  const taken: BucketRange[] = [];
  const rest: BucketRange[] = [];
  let missing = mass;
  for (const [start, end] of ranges) {
    if (missing <= sliver) rest.push([start, end]);
    else if (end - start <= missing + sliver) taken.push([start, end]);
    else {
      const cut = Math.round((start + missing) * 1e12) / 1e12;
      taken.push([start, cut]);
      rest.push([cut, end]);
    }
    missing -= end - start;
  }
  return [taken, rest];
}

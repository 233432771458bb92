/** A unit is in the range when start <= fraction < end. */
export type BucketRange = readonly [start: number, end: number];

/**
 * The part of 0..1 that each variant owns, as GrowthBook cuts it: variant i starts where the weights before it end and takes the first
 * `coverage` of its own weight. So a higher coverage only ever adds units, and never moves one that takes part. Coverage is clamped to
 * 0..1; weights that are not one a variant, or sum to less than 0.99 or more than 1.01, are replaced by equal ones.
 *
 * @param coverage share of the units that take part. @param weights one a variant. @param count how many variants there are.
 * @see growthbook/growthbook packages/sdk-js/src/util.ts, `getBucketRanges`.
 * @example bucketRanges(0.5, [0.5, 0.5]); // [[0, 0.25], [0.5, 0.75]]
 */
export function bucketRanges(coverage: number, weights: readonly number[], count = weights.length): BucketRange[] {
  const covered = Math.min(1, Math.max(0, coverage));
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const usable = weights.length === count && weightSum >= 0.99 && weightSum <= 1.01;
  const shares = usable ? weights : equalWeights(count);
  let start = 0;
  return shares.map((share) => {
    const range: BucketRange = [start, start + covered * share];
    start += share;
    return range;
  });
}

/** The same weight for each of `count` variants; none when count is not above 0. */
export function equalWeights(count: number): number[] {
  return count > 0 ? new Array<number>(count).fill(1 / count) : [];
}

/**
 * Counts of latencies in logarithmic buckets, mergeable by addition. Bucket i holds (lowestMs * ratio^(i-1), lowestMs * ratio^i]; the first
 * also holds everything below, the last everything above. A bucket grows by 5% over the one before, and a quantile is interpolated inside its
 * bucket: its relative error is below ratio - 1 (5%) from above 0.05 ms to about 13 minutes, and its absolute error below 0.05 ms under that.
 */
const lowestMs = 0.05;
const ratio = 1.05;
const bucketCount = 342;
const bucketsPerE = 1 / Math.log(ratio);

export function emptyCounts(): number[] {
  return new Array<number>(bucketCount).fill(0);
}

/** Merging is addition: of any two, in any order. */
export function addCounts(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, bucket) => (a[bucket] ?? 0) + (b[bucket] ?? 0));
}

/** The same counts without the empty buckets above the last one: most of them are, and replicas send them to each other. */
export function trimmedCounts(counts: readonly number[]): number[] {
  return counts.slice(0, counts.findLastIndex((count) => count > 0) + 1);
}

export function bucketOf(latencyMs: number): number {
  if (!(latencyMs > lowestMs)) return 0;
  return Math.min(bucketCount - 1, Math.ceil(Math.log(latencyMs / lowestMs) * bucketsPerE));
}

/** The q-quantile in ms; null when nothing was counted. @param q 0..1 */
export function quantileMs(counts: readonly number[], q: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = q * total;
  let below = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket] as number;
    if (count > 0 && below + count >= rank) {
      const upper = lowestMs * ratio ** bucket;
      const lower = bucket === 0 ? 0 : upper / ratio;
      return lower + ((rank - below) / count) * (upper - lower);
    }
    below += count;
  }
  return lowestMs * ratio ** (bucketCount - 1);
}

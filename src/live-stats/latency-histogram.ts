/**
 * Counts of latencies in nearly logarithmic buckets, mergeable by addition. Each decade is cut at 1, 2.5 and 5, where the buckets of Prometheus end, and
 * each piece is divided evenly on the logarithm. Bucket i holds (bounds[i-1], bounds[i]]; the first also holds everything below, the last everything
 * above. A bound is less than 5% above the one before, and a quantile is interpolated inside its bucket: its relative error is below 5% from 0.05 ms to
 * 16 minutes, and its absolute error below 0.05 ms under that.
 */
const lowestMs = 0.05;
/** So many buckets end in each piece of a decade. */
const pieces = [
  { to: 2.5, buckets: 19 },
  { to: 5, buckets: 15 },
  { to: 10, buckets: 15 },
] as const;
const lastDecade = 5;
const bucketsPerE = pieces.reduce((sum, { buckets }) => sum + buckets, 0) / Math.LN10;
const boundsMs = makeBounds();
const bucketCount = boundsMs.length;

function makeBounds(): Float64Array {
  const bounds: number[] = [];
  for (let decade = -2; decade <= lastDecade; decade++) {
    let from = 1;
    for (const { to, buckets } of pieces) {
      for (let i = 1; i < buckets; i++) bounds.push(from * (to / from) ** (i / buckets) * 10 ** decade);
      // From its digits, and not computed: it must be the very number that a bound is written as.
      bounds.push(Number(`${to}e${decade}`));
      from = to;
    }
  }
  return Float64Array.from(bounds.filter((bound) => bound >= lowestMs));
}

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
  const last = bucketCount - 1;
  let bucket = Math.min(last, Math.ceil(Math.log(latencyMs / lowestMs) * bucketsPerE));
  // The pieces are not divided quite alike, so that the estimate may be one off.
  while (bucket < last && latencyMs > (boundsMs[bucket] as number)) bucket++;
  while (latencyMs <= (boundsMs[bucket - 1] as number)) bucket--;
  return bucket;
}

/** How many were at most `boundMs`, exactly. @param boundMs 1, 2.5 or 5 times a power of ten, 0.1..1,000,000 */
export function countUpTo(counts: readonly number[], boundMs: number): number {
  const bucket = bucketOf(boundMs);
  if (boundsMs[bucket] !== boundMs) throw new RangeError(`No bucket ends at ${boundMs} ms.`);
  return counts.slice(0, bucket + 1).reduce((sum, count) => sum + count, 0);
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
      const upper = boundsMs[bucket] as number;
      const lower = bucket === 0 ? 0 : (boundsMs[bucket - 1] as number);
      return lower + ((rank - below) / count) * (upper - lower);
    }
    below += count;
  }
  return boundsMs[bucketCount - 1] as number;
}

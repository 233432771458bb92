import type { FeatureBucket } from './drift-store';

export interface DriftWindow {
  /** Predictions in the window. */
  readonly rows: number;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly countsByFeature: ReadonlyMap<string, readonly number[]>;
}

const minuteMs = 60_000;

/**
 * The newest whole minutes that together hold at least `wantedRows` predictions, or all there are. By count first, so that a quiet model gets a
 * longer window instead of a noisier one; whole minutes, because that is what the ingester counts.
 * @param buckets newest first
 */
export function newestWindow(buckets: readonly FeatureBucket[], wantedRows: number): DriftWindow {
  const countsByFeature = new Map<string, number[]>();
  const minutes = [...new Set(buckets.map((bucket) => bucket.startedAt.getTime()))];
  let rows = 0;
  let oldestMs: number | null = null;
  for (const minute of minutes) {
    if (rows >= wantedRows) break;
    const ofMinute = buckets.filter((bucket) => bucket.startedAt.getTime() === minute);
    for (const { feature, counts } of ofMinute) countsByFeature.set(feature, addCounts(countsByFeature.get(feature) ?? [], counts));
    rows += Math.max(...ofMinute.map((bucket) => sumOf(bucket.counts)));
    oldestMs = minute;
  }
  return {
    rows,
    startedAt: oldestMs === null ? null : new Date(oldestMs),
    endedAt: oldestMs === null ? null : new Date((minutes[0] as number) + minuteMs),
    countsByFeature,
  };
}

export function addCounts(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
}

export function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

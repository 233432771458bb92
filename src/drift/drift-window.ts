import type { FeatureBucket } from './drift-store';

export interface DriftWindow {
  /** Predictions in the window. */
  readonly rows: number;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly countsByFeature: ReadonlyMap<string, readonly number[]>;
}

/** Below this many rows nothing is tested: such a window alarms by chance. */
export const minWindowRows = 100;
/** A window takes whole minutes until it has this many rows. */
export const wantedWindowRows = 200;
/** Nor does it reach back further than this. */
export const windowDays = 7;

const minuteMs = 60_000;

/**
 * The newest whole minutes that together hold at least `wantedRows` predictions, or all there are. A minute is never split, so the window is
 * a minute or `wantedRows`, whichever is more: a quiet version gets a longer window instead of a noisier one, a busy one a steadier test.
 *
 * @param buckets newest first
 */
export function newestWindow(buckets: readonly FeatureBucket[], wantedRows: number): DriftWindow {
  const minutes = byMinute(buckets);
  const newestMs = minutes.keys().next();
  const countsByFeature = new Map<string, number[]>();
  let rows = 0;
  let oldestMs: number | null = null;
  for (const [minuteStartMs, ofMinute] of minutes) {
    if (rows >= wantedRows) break;
    for (const { feature, counts } of ofMinute) countsByFeature.set(feature, addCounts(countsByFeature.get(feature) ?? [], counts));
    rows += rowsOf(ofMinute);
    oldestMs = minuteStartMs;
  }
  return {
    rows,
    startedAt: oldestMs === null ? null : new Date(oldestMs),
    endedAt: newestMs.done ? null : new Date(newestMs.value + minuteMs),
    countsByFeature,
  };
}

/** Predictions since a minute, that minute included. */
export function rowsSince(buckets: readonly FeatureBucket[], since: Date): number {
  return sumOf([...byMinute(buckets.filter((bucket) => bucket.startedAt >= since)).values()].map(rowsOf));
}

function byMinute(buckets: readonly FeatureBucket[]): Map<number, FeatureBucket[]> {
  const minutes = new Map<number, FeatureBucket[]>();
  for (const bucket of buckets) {
    const minute = minutes.get(bucket.startedAt.getTime());
    if (minute) minute.push(bucket);
    else minutes.set(bucket.startedAt.getTime(), [bucket]);
  }
  return minutes;
}

/** Each prediction is counted once in each feature, so the features of a minute agree; the largest is right should one be young. */
function rowsOf(minute: readonly FeatureBucket[]): number {
  return Math.max(0, ...minute.map((bucket) => sumOf(bucket.counts)));
}

function addCounts(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
}

export function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

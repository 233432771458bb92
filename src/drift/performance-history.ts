import type { PerformanceBucket } from './drift-store';

export interface PerformanceWindow {
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly predictions: number;
  readonly labelled: number;
  /** Null without labels. */
  readonly accuracy: number | null;
  /** Macro average over the classes that were seen as truth or answer. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly averageConfidence: number | null;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Beyond this many days a window is a day. */
const hourlyDays = 7;

/** Hours, or days for a longer span, oldest first. @param buckets newest first */
export function performanceWindows(buckets: readonly PerformanceBucket[], days: number): readonly PerformanceWindow[] {
  const lengthMs = days > hourlyDays ? dayMs : hourMs;
  const groups = new Map<number, PerformanceBucket[]>();
  for (const bucket of buckets) {
    const startMs = Math.floor(bucket.startedAt.getTime() / lengthMs) * lengthMs;
    groups.set(startMs, [...(groups.get(startMs) ?? []), bucket]);
  }
  return [...groups].map(([startMs, group]) => windowOf(startMs, lengthMs, group)).reverse();
}

function windowOf(startMs: number, lengthMs: number, buckets: readonly PerformanceBucket[]): PerformanceWindow {
  const sum = (read: (bucket: PerformanceBucket) => number) => buckets.reduce((total, bucket) => total + read(bucket), 0);
  const predictions = sum((bucket) => bucket.predictions);
  const labelled = sum((bucket) => bucket.labelled);
  return {
    startedAt: new Date(startMs),
    endedAt: new Date(startMs + lengthMs),
    predictions,
    labelled,
    accuracy: labelled === 0 ? null : sum((bucket) => bucket.correct) / labelled,
    ...macroAverages(buckets.flatMap((bucket) => bucket.confusion)),
    averageConfidence: predictions === 0 ? null : sum((bucket) => bucket.confidenceSum) / predictions,
  };
}

function macroAverages(cells: PerformanceBucket['confusion']): { readonly precision: number | null; readonly recall: number | null } {
  const classes = [...new Set(cells.flatMap((cell) => [cell.truth, cell.predicted]))];
  const total = (matches: (cell: PerformanceBucket['confusion'][number]) => boolean) =>
    cells.reduce((sum, cell) => (matches(cell) ? sum + cell.count : sum), 0);
  const shares = (read: (cell: PerformanceBucket['confusion'][number]) => number) =>
    classes.flatMap((one) => {
      const all = total((cell) => read(cell) === one);
      // A class that was never answered has no precision, one that never was the truth no recall.
      return all === 0 ? [] : [total((cell) => cell.truth === one && cell.predicted === one) / all];
    });
  return { precision: meanOf(shares((cell) => cell.predicted)), recall: meanOf(shares((cell) => cell.truth)) };
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

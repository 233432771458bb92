import { normalSurvival } from '../statistics/normal-distribution';
import type { DriftSeverity } from './drift-alert';
import type { PerformanceBucket } from './drift-store';

export interface PerformanceTest {
  /** (reference - current) / reference; negative when the model got better. */
  readonly relativeDrop: number;
  readonly pValue: number;
  readonly severity: DriftSeverity;
  readonly reference: number;
  readonly current: number;
  readonly labelled: number;
  readonly referenceRows: number;
}

/** Relative drops of accuracy from which a severity holds. */
const lowDrop = 0.05;
const mediumDrop = 0.1;
const highDrop = 0.2;
/** An alert needs a drop above this; LOW shows in the report only. */
export const performanceAlertDrop = mediumDrop;
const significance = 0.05;

/**
 * The newest hours with at least `minRows` labelled predictions, against the reference accuracy, or, where there is none, against the
 * hours before. A drop counts only when it is more than chance (one-sided binomial z-test at 5%); null without enough labels.
 * @param buckets newest first
 */
export function testPerformance(
  buckets: readonly PerformanceBucket[],
  profileAccuracy: number | null,
  minRows: number,
): PerformanceTest | null {
  let used = 0;
  let labelled = 0;
  let correct = 0;
  while (used < buckets.length && labelled < minRows) {
    const bucket = buckets[used++] as PerformanceBucket;
    labelled += bucket.labelled;
    correct += bucket.correct;
  }
  if (labelled < minRows) return null;
  const history = accuracyOf(buckets.slice(used));
  const reference = profileAccuracy ?? (history.labelled >= minRows ? history.accuracy : null);
  if (reference === null || reference <= 0) return null;
  const current = correct / labelled;
  const relativeDrop = (reference - current) / reference;
  const variance = Math.max(reference * (1 - reference), current * (1 - current)) / labelled;
  const pValue = variance === 0 ? Number(relativeDrop <= 0) : normalSurvival((reference - current) / Math.sqrt(variance));
  const severity = pValue < significance ? severityOf(relativeDrop) : 'NONE';
  return { relativeDrop, pValue, severity, reference, current, labelled, referenceRows: profileAccuracy === null ? history.labelled : 0 };
}

function accuracyOf(buckets: readonly PerformanceBucket[]): { readonly labelled: number; readonly accuracy: number | null } {
  const labelled = buckets.reduce((sum, bucket) => sum + bucket.labelled, 0);
  const correct = buckets.reduce((sum, bucket) => sum + bucket.correct, 0);
  return { labelled, accuracy: labelled === 0 ? null : correct / labelled };
}

function severityOf(relativeDrop: number): DriftSeverity {
  if (relativeDrop <= lowDrop) return 'NONE';
  if (relativeDrop <= mediumDrop) return 'LOW';
  return relativeDrop <= highDrop ? 'MEDIUM' : 'HIGH';
}

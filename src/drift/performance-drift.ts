import type { DriftFinding } from './drift-finding';
import { maxRelativeDrop, severityOfDrop, significanceLevel } from './drift-severity';
import type { PerformanceBucket } from './drift-store';
import { sumOf } from './drift-window';
import { fisherExact } from './fisher-exact';
import type { ReferenceProfile } from './reference-profile';

const performanceTestName = 'relative drop of accuracy, Fisher exact';
const historyMs = 7 * 24 * 3_600_000;

interface Accuracy {
  readonly correct: number;
  readonly labelled: number;
}

/** The newest hours that together hold at least `wantedRows` labelled predictions, or all there are. @param buckets newest first */
export function labelledWindow(buckets: readonly PerformanceBucket[], wantedRows: number): readonly PerformanceBucket[] {
  let labelled = 0;
  return buckets.filter((bucket) => {
    if (labelled >= wantedRows) return false;
    labelled += bucket.labelled;
    return true;
  });
}

/**
 * The last labelled window against the accuracy of the reference or, where that has none, of the 7 days before the window. The severity is that
 * of the relative drop, but only when the drop is real: errors of both sides are compared by Fisher's exact test, one-sided, at 0.05. Null
 * when either side has fewer than `minRows` labelled predictions.
 *
 * @param buckets newest first
 */
export function findPerformanceDrift(
  buckets: readonly PerformanceBucket[],
  profile: ReferenceProfile | null,
  minRows: number,
): DriftFinding | null {
  const window = labelledWindow(buckets, minRows);
  const oldest = window[window.length - 1];
  const current = accuracyOf(window);
  if (!oldest || current.labelled < minRows) return null;
  const since = oldest.startedAt.getTime() - historyMs;
  const before = buckets.slice(window.length).filter((bucket) => bucket.startedAt.getTime() >= since);
  const reference = profileAccuracy(profile) ?? accuracyOf(before);
  if (reference.labelled < minRows || reference.correct === 0) return null;
  return { ...compare(reference, current), windowStartedAt: oldest.startedAt };
}

function compare(reference: Accuracy, current: Accuracy): Omit<DriftFinding, 'windowStartedAt'> {
  const [was, is] = [reference.correct / reference.labelled, current.correct / current.labelled];
  const relativeDrop = (was - is) / was;
  const { upperTail: pValue } = fisherExact(errors(reference), errors(current));
  const severity = pValue < significanceLevel ? severityOfDrop(relativeDrop) : 'NONE';
  const change = `${Math.abs(100 * relativeDrop).toFixed(1)}% ${relativeDrop > 0 ? 'below' : 'above'}`;
  return {
    kind: 'PERFORMANCE',
    feature: null,
    test: performanceTestName,
    statistic: relativeDrop,
    pValue,
    adjustedPValue: pValue,
    threshold: maxRelativeDrop,
    effect: relativeDrop,
    severity,
    drifted: severity !== 'NONE' && relativeDrop > maxRelativeDrop,
    referenceRows: reference.labelled,
    currentRows: current.labelled,
    message:
      `accuracy: ${is.toFixed(3)} over the last ${current.labelled} labelled predictions, ${change} the reference of ${was.toFixed(3)} ` +
      `(${reference.labelled} rows); p ${pValue < 1e-4 ? pValue.toExponential(0) : pValue.toFixed(4)}.`,
  };
}

function profileAccuracy(profile: ReferenceProfile | null): Accuracy | null {
  if (!profile || profile.accuracy === null) return null;
  const labelled = profile.labelled ?? profile.rows;
  return { labelled, correct: Math.round(profile.accuracy * labelled) };
}

function accuracyOf(buckets: readonly PerformanceBucket[]): Accuracy {
  return { correct: sumOf(buckets.map((bucket) => bucket.correct)), labelled: sumOf(buckets.map((bucket) => bucket.labelled)) };
}

function errors({ correct, labelled }: Accuracy): { readonly hits: number; readonly rows: number } {
  return { hits: labelled - correct, rows: labelled };
}

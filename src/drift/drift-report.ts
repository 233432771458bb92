import { benjaminiHochbergAdjust } from '../statistics/benjamini-hochberg';
import { type DistributionTest, distributionTestName, testDistribution } from './distribution-drift';
import type { DriftKind, DriftSeverity } from './drift-alert';
import type { DriftReference, FeatureBucket, PerformanceBucket } from './drift-store';
import { newestWindow } from './drift-window';
import { type PerformanceTest, performanceAlertDrop, testPerformance } from './performance-drift';

export interface DriftFinding {
  readonly kind: DriftKind;
  readonly feature: string | null;
  readonly test: string;
  readonly statistic: number;
  readonly pValue: number | null;
  /** After Benjamini-Hochberg over all distribution tests of the report. */
  readonly adjustedPValue: number | null;
  /** For distributions the significance level, for performance the relative drop that alerts. */
  readonly threshold: number;
  /** Population stability index, or relative drop. */
  readonly effect: number | null;
  readonly severity: DriftSeverity;
  /** True when the finding is worth an alert. */
  readonly drifted: boolean;
  readonly referenceRows: number;
  readonly currentRows: number;
  readonly message: string;
}

export interface DriftReport {
  readonly model: string;
  readonly version: string;
  readonly asOf: Date;
  /** The worst severity among the findings. */
  readonly severity: DriftSeverity;
  readonly hasReference: boolean;
  readonly reference: { readonly source: string; readonly rows: number; readonly capturedAt: Date } | null;
  readonly windowRows: number;
  readonly windowStartedAt: Date | null;
  readonly windowEndedAt: Date | null;
  readonly findings: readonly DriftFinding[];
  /** Why there is nothing to say; null when there is. */
  readonly note: string | null;
}

export interface DriftReportInput {
  readonly model: string;
  readonly version: string;
  readonly reference: DriftReference | null;
  /** Newest first. */
  readonly buckets: readonly FeatureBucket[];
  /** Newest first. */
  readonly performance: readonly PerformanceBucket[];
  readonly now: Date;
}

/** Below this many rows nothing is tested: such a window alarms by chance. */
export const minWindowRows = 100;
const wantedWindowRows = 200;
const significance = 0.05;
const severities: readonly DriftSeverity[] = ['NONE', 'LOW', 'MEDIUM', 'HIGH'];

/** What the newest window says against the reference. */
export function driftReport({ model, version, reference, buckets, performance, now }: DriftReportInput): DriftReport {
  const window = newestWindow(buckets, wantedWindowRows);
  const tests =
    reference && window.rows >= minWindowRows
      ? reference.profile.features.flatMap((feature) => testDistribution(feature, window.countsByFeature.get(feature.name) ?? []) ?? [])
      : [];
  const adjusted = benjaminiHochbergAdjust(tests.map((test) => test.pValue));
  const measured = testPerformance(performance, reference?.profile.accuracy ?? null, minWindowRows);
  const findings = [
    ...tests.map((test, index) => distributionFinding(test, adjusted[index] as number)),
    ...(measured ? [performanceFinding(measured)] : []),
  ];
  return {
    model,
    version,
    asOf: now,
    severity: worst(findings.map((finding) => finding.severity)),
    hasReference: reference !== null,
    reference: reference && { source: reference.profile.source, rows: reference.profile.rows, capturedAt: reference.capturedAt },
    windowRows: window.rows,
    windowStartedAt: window.startedAt,
    windowEndedAt: window.endedAt,
    findings,
    note: noteOn(reference, window.rows),
  };
}

export function worst(list: readonly DriftSeverity[]): DriftSeverity {
  return list.reduce((a, b) => (severities.indexOf(b) > severities.indexOf(a) ? b : a), 'NONE');
}

export function isAtLeast(severity: DriftSeverity, least: DriftSeverity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(least);
}

function distributionFinding(test: DistributionTest, adjustedPValue: number): DriftFinding {
  const severity = test.effect > test.effectFloor ? severityOfP(adjustedPValue) : 'NONE';
  const { kind, feature, statistic, pValue, effect, referenceRows, currentRows } = test;
  const drifted = severity !== 'NONE';
  const what = kind === 'DATA' ? `Feature "${feature}"` : kind === 'PREDICTION' ? 'The mix of predictions' : 'Confidence';
  const numbers = `PSI ${show(effect)}, adjusted p ${show(adjustedPValue)}, ${currentRows} rows against ${referenceRows}`;
  return {
    kind,
    feature,
    test: distributionTestName,
    statistic,
    pValue,
    adjustedPValue,
    threshold: significance,
    effect,
    severity,
    drifted,
    referenceRows,
    currentRows,
    message: drifted ? `${what} has drifted: ${test.movement} (${numbers}).` : `${what} is as before (${numbers}).`,
  };
}

function performanceFinding(test: PerformanceTest): DriftFinding {
  const { relativeDrop, pValue, severity, reference, current, labelled, referenceRows } = test;
  const drifted = relativeDrop > performanceAlertDrop && severity !== 'NONE';
  const change = relativeDrop > 0 ? `${show(100 * relativeDrop)}% below` : `${show(-100 * relativeDrop)}% above`;
  return {
    kind: 'PERFORMANCE',
    feature: null,
    test: 'relative drop of accuracy',
    statistic: relativeDrop,
    pValue,
    adjustedPValue: null,
    threshold: performanceAlertDrop,
    effect: relativeDrop,
    severity,
    drifted,
    referenceRows,
    currentRows: labelled,
    message: `Accuracy is ${show(current)} over the last ${labelled} labelled predictions, ${change} the reference of ${show(reference)} (p ${show(pValue)}).`,
  };
}

/** The seed's thresholds: half and a tenth of the significance level. */
function severityOfP(pValue: number): DriftSeverity {
  if (pValue >= significance) return 'NONE';
  if (pValue >= significance / 2) return 'LOW';
  return pValue >= significance / 10 ? 'MEDIUM' : 'HIGH';
}

function noteOn(reference: DriftReference | null, rows: number): string | null {
  if (!reference) {
    return 'There is no reference to compare with. Put a reference-profile.json beside the model, or call captureDriftReference when all is well.';
  }
  return rows < minWindowRows ? `Only ${rows} predictions since the reference was taken; ${minWindowRows} are needed.` : null;
}

function show(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

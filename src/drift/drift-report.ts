import { compareFeature, type FeatureComparison } from './compare-feature';
import { findDistributionDrift } from './distribution-drift';
import type { DriftSeverity } from './drift-alert';
import type { DriftEvidence } from './drift-evidence';
import type { DriftFinding } from './drift-finding';
import { worstSeverity } from './drift-severity';
import { type DriftWindow, minWindowRows, newestWindow, wantedWindowRows, windowDays } from './drift-window';
import { findPerformanceDrift } from './performance-drift';
import { comparePredictionHistory } from './prediction-history';
import { predictionFeature } from './reference-profile';

/** How recent traffic of a version compares with its reference. */
export interface DriftReport {
  readonly model: string;
  readonly version: string;
  readonly asOf: Date;
  /** The worst of the findings. */
  readonly severity: DriftSeverity;
  readonly hasReference: boolean;
  readonly reference: { readonly source: string; readonly rows: number; readonly capturedAt: Date } | null;
  readonly windowRows: number;
  readonly windowStartedAt: Date | null;
  readonly windowEndedAt: Date | null;
  readonly findings: readonly DriftFinding[];
  /** Why there is less to see than one would expect; null when there is not. */
  readonly note: string | null;
}

export interface DriftSubject {
  readonly model: string;
  readonly version: string;
  readonly now: Date;
}

/** What the newest windows say against the reference. */
export function driftReport({ model, version, now }: DriftSubject, evidence: DriftEvidence): DriftReport {
  const { reference, buckets, performance } = evidence;
  const window = newestWindow(buckets, wantedWindowRows);
  const performanceFinding = findPerformanceDrift(performance, reference?.profile ?? null, minWindowRows);
  const findings = [
    ...findDistributionDrift(compareAll(evidence, window), window.startedAt),
    ...(performanceFinding ? [performanceFinding] : []),
  ];
  return {
    model,
    version,
    asOf: now,
    severity: worstSeverity(findings.map((finding) => finding.severity)),
    hasReference: reference !== null,
    reference: reference && { source: reference.profile.source, rows: reference.profile.rows, capturedAt: reference.capturedAt },
    windowRows: window.rows,
    windowStartedAt: window.startedAt,
    // The newest minute is still running.
    windowEndedAt: window.endedAt && window.endedAt > now ? now : window.endedAt,
    findings,
    note: noteOn(reference !== null, window.rows),
  };
}

function compareAll({ reference, predictions }: DriftEvidence, window: DriftWindow): FeatureComparison[] {
  const features = window.rows < minWindowRows ? [] : (reference?.profile.features ?? []);
  const compared = features.map((feature) => compareFeature(feature, window.countsByFeature.get(feature.name) ?? []));
  const knowsPrediction = reference?.profile.features.some((feature) => feature.name === predictionFeature) ?? false;
  const own = knowsPrediction ? null : comparePredictionHistory(predictions, wantedWindowRows, minWindowRows);
  return [...compared, own].filter((comparison) => comparison !== null);
}

function noteOn(hasReference: boolean, rows: number): string | null {
  if (!hasReference) {
    return (
      'There is no reference to compare inputs with: put a reference-profile.json beside the model, or call captureDriftReference when all is ' +
      'well. Until then predictions and accuracy are compared with their own last days.'
    );
  }
  if (rows >= minWindowRows) return null;
  return `Only ${rows} predictions since the reference was taken, within ${windowDays} days; nothing is tested below ${minWindowRows}.`;
}

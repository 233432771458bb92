import type { DriftAlert } from './drift-alert';
import type { DriftFinding } from './drift-report';

/** Clean looks in a row, each with new rows, after which an alert resolves itself. */
export const cleanLooksToResolve = 3;

export function alertKey({ kind, feature }: Pick<DriftAlert, 'kind' | 'feature'>): string {
  return JSON.stringify([kind, feature]);
}

export interface AlertSubject {
  readonly model: string;
  readonly version: string;
  readonly now: Date;
}

/** An alert at its first sight: PENDING, until the next look confirms it. */
export function openAlert(id: string, finding: DriftFinding, { model, version, now }: AlertSubject): DriftAlert {
  return { id, model, version, state: 'PENDING', openedAt: now, updatedAt: now, comment: null, ...factsOf(finding) };
}

/** The alert after another look that found the same drift; null when nothing that a reader would notice has changed. */
export function confirmAlert(alert: DriftAlert, finding: DriftFinding, now: Date): DriftAlert | null {
  const state = alert.state === 'PENDING' ? 'FIRING' : alert.state;
  if (state === alert.state && finding.severity === alert.severity) return null;
  return { ...alert, ...factsOf(finding), state, updatedAt: now };
}

export function resolvedAlert(alert: DriftAlert, now: Date, comment: string | null): DriftAlert {
  return { ...alert, state: 'RESOLVED', updatedAt: now, comment: comment ?? alert.comment };
}

function factsOf(finding: DriftFinding) {
  const { kind, feature, severity, test, statistic, adjustedPValue, pValue, threshold, effect, message } = finding;
  return { kind, feature, severity, test, statistic, pValue: adjustedPValue ?? pValue, threshold, effect, message };
}

import type { DriftSeverity } from './drift-alert';

const ranks: Readonly<Record<DriftSeverity, number>> = { NONE: 0, LOW: 1, MEDIUM: 2, HIGH: 3 };

/** A test rejects below this (adjusted) p-value. */
export const significanceLevel = 0.05;

/** A relative drop of accuracy above this is drift; a smaller one (LOW) shows in the report only. */
export const maxRelativeDrop = 0.1;

/** Half the level and a tenth of it are the steps: NONE from 0.05, LOW from 0.025, MEDIUM from 0.005, HIGH below. */
export function severityOfPValue(pValue: number): DriftSeverity {
  if (pValue >= significanceLevel) return 'NONE';
  if (pValue >= significanceLevel / 2) return 'LOW';
  return pValue >= significanceLevel / 10 ? 'MEDIUM' : 'HIGH';
}

/** NONE up to a relative drop of 0.05, LOW up to 0.1, MEDIUM up to 0.2, HIGH above. */
export function severityOfDrop(relativeDrop: number): DriftSeverity {
  if (relativeDrop <= 0.05) return 'NONE';
  if (relativeDrop <= maxRelativeDrop) return 'LOW';
  return relativeDrop <= 0.2 ? 'MEDIUM' : 'HIGH';
}

export function isAtLeast(severity: DriftSeverity, floor: DriftSeverity): boolean {
  return ranks[severity] >= ranks[floor];
}

export function worstSeverity(severities: readonly DriftSeverity[]): DriftSeverity {
  return severities.reduce((worst, severity) => (isAtLeast(severity, worst) ? severity : worst), 'NONE');
}

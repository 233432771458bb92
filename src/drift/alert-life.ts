import type { DriftAlert } from './drift-alert';
import type { DriftFinding } from './drift-finding';
import { isAtLeast } from './drift-severity';

/** Clean looks in a row, each with new rows, after which an alert resolves itself. */
const cleanLooksToResolve = 3;
/** New rows since an alert was first seen that another look must rest on to confirm it: looks at the same rows only repeat themselves. */
const rowsToConfirm = 100;
/** The same for labelled predictions: they come later and slower. */
const labelsToConfirm = 50;
/** Evidence that needs no more rows: the next look confirms it. */
const decisivePValue = 1e-6;

/** What a process remembers of an open alert between looks. */
export interface AlertMemory {
  readonly cleanLooks: number;
  /** Rows (or labels) seen when the present run of dirty looks began; null: no look of this process was dirty since the last clean one. */
  readonly dirtySince: number | null;
}

export const noMemory: AlertMemory = Object.freeze({ cleanLooks: 0, dirtySince: null });

export interface AlertLook {
  readonly finding: DriftFinding;
  /** Rows (for performance: labels) seen so far. */
  readonly seen: number;
  /** Whether any of them are new since the look before. */
  readonly isNew: boolean;
  readonly now: Date;
}

export interface AlertStep {
  /** The alert as it must be stored now; null when nothing that a reader would notice has changed. */
  readonly changed: DriftAlert | null;
  readonly memory: AlertMemory;
}

export function alertKey({ kind, feature }: Pick<DriftAlert, 'kind' | 'feature'>): string {
  return JSON.stringify([kind, feature]);
}

export interface AlertSubject {
  readonly model: string;
  readonly version: string;
  readonly now: Date;
}

/** An alert at its first sight: PENDING, until a later look confirms it. */
export function openAlert(id: string, finding: DriftFinding, { model, version, now }: AlertSubject): DriftAlert {
  return { id, model, version, state: 'PENDING', openedAt: now, updatedAt: now, comment: null, ...factsOf(finding) };
}

/** One step of an open alert's life: confirmed, changed in severity, on its way to be resolved, or as it was. */
export function followAlert(alert: DriftAlert, memory: AlertMemory, look: AlertLook): AlertStep {
  return look.finding.drifted ? followDirty(alert, memory, look) : followClean(alert, memory, look);
}

export function resolvedAlert(alert: DriftAlert, now: Date, comment: string | null): DriftAlert {
  return { ...alert, state: 'RESOLVED', updatedAt: now, comment: comment ?? alert.comment };
}

function followDirty(alert: DriftAlert, { dirtySince }: AlertMemory, { finding, seen, now }: AlertLook): AlertStep {
  const isConfirmed = alert.state === 'PENDING' && dirtySince !== null && confirms(finding, alert, seen - dirtySince);
  const state = isConfirmed ? 'FIRING' : alert.state;
  const isSame = state === alert.state && finding.severity === alert.severity;
  return {
    changed: isSame ? null : { ...alert, ...factsOf(finding), state, updatedAt: now },
    memory: { cleanLooks: 0, dirtySince: dirtySince ?? seen },
  };
}

function confirms(finding: DriftFinding, alert: DriftAlert, newRows: number): boolean {
  const isDecisive = finding.adjustedPValue !== null && finding.adjustedPValue <= decisivePValue;
  const needed = finding.kind === 'PERFORMANCE' ? labelsToConfirm : rowsToConfirm;
  return isAtLeast(finding.severity, alert.severity) && (isDecisive || newRows >= needed);
}

function followClean(alert: DriftAlert, memory: AlertMemory, { isNew, now }: AlertLook): AlertStep {
  if (!isNew) return { changed: null, memory };
  const cleanLooks = memory.cleanLooks + 1;
  return {
    changed: cleanLooks < cleanLooksToResolve ? null : resolvedAlert(alert, now, null),
    memory: { cleanLooks, dirtySince: null },
  };
}

function factsOf(finding: DriftFinding) {
  const { kind, feature, severity, test, statistic, adjustedPValue, pValue, threshold, effect, message } = finding;
  return { kind, feature, severity, test, statistic, pValue: adjustedPValue ?? pValue, threshold, effect, message };
}

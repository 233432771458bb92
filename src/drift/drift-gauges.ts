import type { DriftMonitor } from './drift-monitor';

const accuracyDays = 7;
const maxAlerts = 1_000;

export interface ModelVersionName {
  readonly model: string;
  readonly version: string;
}

/** Accuracy of each version over its labelled predictions of the last 7 days; versions without labels are left out. */
export async function recentAccuracies(
  drift: DriftMonitor,
  versions: readonly ModelVersionName[],
): Promise<readonly (ModelVersionName & { readonly accuracy: number })[]> {
  const found = await Promise.all(
    versions.map(async ({ model, version }) => {
      const windows = await drift.performanceHistory(model, version, accuracyDays);
      const labelled = windows.reduce((sum, window) => sum + window.labelled, 0);
      const correct = windows.reduce((sum, window) => sum + (window.accuracy ?? 0) * window.labelled, 0);
      return labelled === 0 ? [] : [{ model, version, accuracy: correct / labelled }];
    }),
  );
  return found.flat();
}

/** Number of alerts that are not resolved, by model and severity. */
export async function openAlertCounts(
  drift: DriftMonitor,
): Promise<readonly { readonly model: string; readonly severity: string; readonly count: number }[]> {
  const { items } = await drift.alerts({ states: ['PENDING', 'FIRING', 'ACKNOWLEDGED'] }, maxAlerts, null);
  const counts = new Map<string, { readonly model: string; readonly severity: string; count: number }>();
  for (const { model, severity } of items) {
    const key = JSON.stringify([model, severity]);
    const entry = counts.get(key) ?? { model, severity, count: 0 };
    entry.count++;
    counts.set(key, entry);
  }
  return [...counts.values()];
}

import type { DriftAlert } from './drift-alert';
import type { DriftStore, LookCount } from './drift-store';
import type { PerformanceWindow } from './performance-history';

export interface AlertCounts {
  readonly opened: number;
  readonly resolved: number;
  readonly openNow: number;
}

export interface DriftSummary {
  readonly model: string;
  readonly days: number;
  /** Number of tests of all looks, by kind, feature and severity. */
  readonly findings: readonly LookCount[];
  readonly alerts: AlertCounts;
  /** Oldest first. */
  readonly performance: readonly PerformanceWindow[];
}

const pageSize = 200;
const maxPages = 25;

/** Alerts of a model: opened and resolved since a time, and open now. Reads at most the newest 5,000. */
export async function countAlerts(store: DriftStore, model: string, since: Date): Promise<AlertCounts> {
  const alerts: DriftAlert[] = [];
  let after: string | null = null;
  for (let page = 0; page < maxPages; page++) {
    const { items, hasNextPage } = await store.listAlerts({ model }, pageSize, after);
    alerts.push(...items);
    after = items[items.length - 1]?.id ?? null;
    if (!hasNextPage || after === null) break;
  }
  return {
    opened: alerts.filter((alert) => alert.openedAt >= since).length,
    resolved: alerts.filter((alert) => alert.state === 'RESOLVED' && alert.updatedAt >= since).length,
    openNow: alerts.filter((alert) => alert.state !== 'RESOLVED').length,
  };
}

import type { AlertFilter, DriftAlert } from '../../src/drift/drift-alert';
import { isAtLeast } from '../../src/drift/drift-severity';
import type {
  DriftLook,
  DriftReference,
  DriftStore,
  FeatureBucket,
  LookCount,
  PastAnswer,
  PerformanceBucket,
  ReferenceRow,
} from '../../src/drift/drift-store';
import { AppError } from '../../src/errors';

const never: readonly never[] = [];

/** Windows are what a test puts into `bucketsOf`, `performanceOf` and `rowsOf`: the ingester's part. `failure`, when set, fails every call. */
export class FakeDriftStore implements DriftStore {
  readonly references: DriftReference[] = [];
  readonly looks: DriftLook[] = [];
  readonly alerts = new Map<string, DriftAlert>();
  /** By reference id. */
  readonly bucketsOf = new Map<string, FeatureBucket[]>();
  /** By version. */
  readonly performanceOf = new Map<string, PerformanceBucket[]>();
  /** By version, newest first. */
  readonly rowsOf = new Map<string, ReferenceRow[]>();
  /** `since` of each read of the buckets. */
  readonly bucketReads: Date[] = [];
  failure: Error | null = null;

  async reference(model: string, version: string): Promise<DriftReference | null> {
    this.#mayFail();
    const own = this.references.filter((one) => one.model === model && one.version === version);
    return own.sort((a, b) => b.capturedAt.getTime() - a.capturedAt.getTime() || (a.id < b.id ? 1 : -1))[0] ?? null;
  }

  async saveReference(reference: DriftReference): Promise<void> {
    this.#mayFail();
    if (!this.references.some((one) => one.id === reference.id)) this.references.push(reference);
  }

  async buckets(referenceId: string, since: Date): Promise<readonly FeatureBucket[]> {
    this.#mayFail();
    this.bucketReads.push(since);
    return newestFirst(this.bucketsOf.get(referenceId) ?? never, since);
  }

  async performance(_model: string, version: string | null, since: Date): Promise<readonly PerformanceBucket[]> {
    this.#mayFail();
    const all = version === null ? [...this.performanceOf.values()].flat() : (this.performanceOf.get(version) ?? never);
    return newestFirst(all, since);
  }

  async recentRows(_model: string, version: string, limit: number): Promise<readonly ReferenceRow[]> {
    this.#mayFail();
    return (this.rowsOf.get(version) ?? never).slice(0, limit);
  }

  async recentAnswers(model: string, version: string, limit: number): Promise<readonly PastAnswer[]> {
    return (await this.recentRows(model, version, limit)).map(({ label, value = null }) => ({ label, value }));
  }

  async appendLooks(looks: readonly DriftLook[]): Promise<void> {
    this.#mayFail();
    this.looks.push(...looks);
  }

  async countLooks(model: string, since: Date): Promise<readonly LookCount[]> {
    this.#mayFail();
    const counts = new Map<string, LookCount>();
    for (const look of this.looks.filter((one) => one.model === model && one.at >= since)) {
      const { kind, feature, severity } = look;
      const key = JSON.stringify([kind, feature, severity]);
      counts.set(key, { kind, feature, severity, count: (counts.get(key)?.count ?? 0) + 1 });
    }
    return [...counts.values()];
  }

  async openAlerts(model: string, version: string): Promise<readonly DriftAlert[]> {
    this.#mayFail();
    return this.#openAlerts(model, version);
  }

  async findAlert(id: string): Promise<DriftAlert | null> {
    this.#mayFail();
    return this.alerts.get(id) ?? null;
  }

  async saveAlert(alert: DriftAlert): Promise<void> {
    this.#mayFail();
    const isSame = (one: DriftAlert) => one.kind === alert.kind && one.feature === alert.feature && one.id !== alert.id;
    const open = this.#openAlerts(alert.model, alert.version);
    if (alert.state !== 'RESOLVED' && open.some(isSame)) throw new AppError('CONFLICT', 'An alert for the same drift is open already.');
    this.alerts.set(alert.id, alert);
  }

  async listAlerts(filter: AlertFilter, first: number, after: string | null) {
    this.#mayFail();
    const sorted = [...this.alerts.values()]
      .filter((alert) => matches(alert, filter))
      .sort((a, b) => b.openedAt.getTime() - a.openedAt.getTime() || (a.id < b.id ? 1 : -1));
    const index = sorted.findIndex((alert) => alert.id === after);
    if (after !== null && index === -1) return { items: [], hasNextPage: false };
    const rest = sorted.slice(index + 1);
    return { items: rest.slice(0, first), hasNextPage: rest.length > first };
  }

  async alertsChangedSince(since: Date): Promise<readonly DriftAlert[]> {
    this.#mayFail();
    const changed = [...this.alerts.values()].filter((alert) => alert.updatedAt > since);
    return changed.sort((a, b) => a.updatedAt.getTime() - b.updatedAt.getTime() || (a.id < b.id ? -1 : 1));
  }

  #openAlerts(model: string, version: string): DriftAlert[] {
    return [...this.alerts.values()].filter((one) => one.model === model && one.version === version && one.state !== 'RESOLVED');
  }

  #mayFail(): void {
    if (this.failure) throw this.failure;
  }
}

function matches(alert: DriftAlert, { model, version, kind, states, minSeverity }: AlertFilter): boolean {
  return (
    (model === undefined || alert.model === model) &&
    (version === undefined || alert.version === version) &&
    (kind === undefined || alert.kind === kind) &&
    (states === undefined || states.includes(alert.state)) &&
    (minSeverity === undefined || isAtLeast(alert.severity, minSeverity))
  );
}

function newestFirst<T extends { readonly startedAt: Date }>(buckets: readonly T[], since: Date): T[] {
  return buckets.filter((bucket) => bucket.startedAt >= since).sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
}

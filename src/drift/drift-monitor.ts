import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import { AlertFeed, type AlertWatch } from './alert-feed';
import { resolvedAlert } from './alert-life';
import type { AlertFilter, AlertState, DriftAlert } from './drift-alert';
import { DriftEvidenceReader } from './drift-evidence';
import { DriftLookout } from './drift-lookout';
import { type DriftReport, driftReport } from './drift-report';
import type { DriftReference, DriftStore } from './drift-store';
import { countAlerts, type DriftSummary } from './drift-summary';
import { type PerformanceWindow, performanceWindows } from './performance-history';
import { ReferenceKeeper } from './reference-keeper';
import type { ReferenceProfile } from './reference-profile';

export interface DriftMonitorOptions {
  readonly store: DriftStore;
  /** The versions to look at. */
  readonly versions: () => readonly { readonly model: string; readonly version: string }[];
  readonly createId: () => string;
  readonly now: () => Date;
  readonly logger: Logger;
  readonly lookIntervalMs?: number;
}

const dayMs = 86_400_000;
const defaultLookIntervalMs = 5_000;
/** Clocks of replicas differ a little: changes are read again this far back, and told once. */
const overlapMs = 30_000;
const openStates: readonly AlertState[] = ['PENDING', 'FIRING', 'ACKNOWLEDGED'];
const maxOpenAlerts = 1_000;

/** Watches every version for drift, keeps the alerts, and answers for them. */
export class DriftMonitor {
  readonly #options: DriftMonitorOptions;
  readonly #lookout: DriftLookout;
  /** Its own reader: a question from outside must not move the bookmarks of the looks. */
  readonly #evidence: DriftEvidenceReader;
  readonly #references: ReferenceKeeper;
  readonly #feed = new AlertFeed();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;
  #toldUntil: Date;

  constructor(options: DriftMonitorOptions) {
    this.#options = options;
    this.#lookout = new DriftLookout(options);
    this.#evidence = new DriftEvidenceReader(options.store);
    this.#references = new ReferenceKeeper(options);
    this.#toldUntil = options.now();
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.checkAll().finally(() => {
        if (!this.#isStopped) this.start();
      });
    }, this.#options.lookIntervalMs ?? defaultLookIntervalMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
    this.#feed.close();
  }

  /** One look at each version, then the news from all replicas. What fails is logged and made up for by the next look. */
  async checkAll(): Promise<void> {
    for (const { model, version } of this.#options.versions()) {
      await this.#lookout.look(model, version).catch((error: unknown) => {
        this.#options.logger.warn('drift_look_failed', { model, version, error });
      });
    }
    await this.#tellChanges();
  }

  async report(model: string, version: string): Promise<DriftReport> {
    const now = this.#options.now();
    return driftReport({ model, version, now }, await this.#evidence.read(model, version, now));
  }

  /** Stores the profile that ships with a version: once, and again when the file has changed, but not over a captured one. */
  async ensureReference(model: string, version: string, profile: ReferenceProfile | null): Promise<void> {
    if (profile && (await this.#references.ensure(model, version, profile))) await this.#lookout.resolveAll(model, version);
  }

  /**
   * Makes a reference of the newest predictions; open alerts were measured against another one and are resolved.
   * @throws AppError BAD_USER_INPUT, INVALID_STATE when there are too few predictions.
   */
  async captureReference(model: string, version: string, { lastRows }: { readonly lastRows?: number }): Promise<DriftReference> {
    const reference = await this.#references.capture(model, version, lastRows);
    await this.#lookout.resolveAll(model, version);
    await this.#tellChanges();
    return reference;
  }

  /** @throws AppError ALERT_NOT_FOUND, INVALID_STATE */
  async acknowledge(id: string, comment: string | null): Promise<DriftAlert> {
    const alert = await this.#openAlert(id);
    return this.#save({ ...alert, state: 'ACKNOWLEDGED', updatedAt: this.#options.now(), comment: comment ?? alert.comment });
  }

  /** @throws AppError ALERT_NOT_FOUND, INVALID_STATE */
  async resolve(id: string, comment: string | null): Promise<DriftAlert> {
    return this.#save(resolvedAlert(await this.#openAlert(id), this.#options.now(), comment));
  }

  alerts(filter: AlertFilter, first: number, after: string | null): ReturnType<DriftStore['listAlerts']> {
    return this.#options.store.listAlerts(filter, first, after);
  }

  async summary(model: string, days: number): Promise<DriftSummary> {
    const { store } = this.#options;
    const since = this.#daysAgo(days);
    const [findings, alerts, performance] = await Promise.all([
      store.countLooks(model, since),
      countAlerts(store, model, since),
      this.performanceHistory(model, null, days),
    ]);
    return { model, days, findings, alerts, performance };
  }

  /** Oldest first: hours up to 7 days, beyond that days. */
  async performanceHistory(model: string, version: string | null, days: number): Promise<readonly PerformanceWindow[]> {
    return performanceWindows(await this.#options.store.performance(model, version, this.#daysAgo(days)), days);
  }

  /** The alerts that are open now, then each change of state or severity. */
  watchAlerts(watch: AlertWatch): AsyncIterableIterator<DriftAlert> {
    const queue = this.#feed.watch(watch);
    void this.#tellOpen();
    return queue;
  }

  async #openAlert(id: string): Promise<DriftAlert> {
    const alert = await this.#options.store.findAlert(id);
    if (!alert) throw new AppError('ALERT_NOT_FOUND', `There is no drift alert "${id}".`);
    if (alert.state === 'RESOLVED') throw new AppError('INVALID_STATE', `Alert "${id}" is resolved already.`);
    return alert;
  }

  async #save(alert: DriftAlert): Promise<DriftAlert> {
    await this.#options.store.saveAlert(alert);
    await this.#tellChanges();
    return alert;
  }

  async #tellChanges(): Promise<void> {
    if (this.#feed.watcherCount === 0) {
      this.#toldUntil = this.#options.now();
      return;
    }
    await this.#tellOpen();
    const since = new Date(this.#toldUntil.getTime() - overlapMs);
    try {
      const changed = await this.#options.store.alertsChangedSince(since);
      this.#feed.publish(changed);
      this.#feed.forgetBefore(since.getTime());
      this.#toldUntil = changed.at(-1)?.updatedAt ?? this.#toldUntil;
    } catch (error) {
      this.#options.logger.warn('drift_alerts_not_read', { error });
    }
  }

  /** Also what a subscriber could not be told when it came, because the database was away. */
  async #tellOpen(): Promise<void> {
    try {
      await this.#feed.openNew(async () => {
        const { items } = await this.#options.store.listAlerts({ states: openStates }, maxOpenAlerts, null);
        return [...items].reverse();
      });
    } catch (error) {
      this.#options.logger.warn('drift_alerts_not_read', { error });
    }
  }

  #daysAgo(days: number): Date {
    return new Date(this.#options.now().getTime() - days * dayMs);
  }
}

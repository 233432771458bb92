import { AppError } from '../errors';
import { eventIdFromKey } from '../events/event-id';
import type { Logger } from '../events/logger';
import { AlertFeed, type AlertWatch, matches } from './alert-feed';
import { resolvedAlert } from './alert-life';
import { captureProfile } from './capture-profile';
import type { AlertFilter, AlertState, DriftAlert } from './drift-alert';
import { DriftLookout } from './drift-lookout';
import { type DriftReport, driftReport, minWindowRows } from './drift-report';
import type { DriftReference, DriftStore, LookCount } from './drift-store';
import { type PerformanceWindow, performanceWindows } from './performance-history';
import type { ReferenceProfile } from './reference-profile';

export interface DriftSummary {
  readonly model: string;
  readonly days: number;
  /** Number of tests of all looks, by kind, feature and severity. */
  readonly findings: readonly LookCount[];
  readonly performance: readonly PerformanceWindow[];
}

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
const windowDays = 7;
const defaultLookIntervalMs = 5_000;
const defaultCaptureRows = 1_000;
const maxCaptureRows = 10_000;
/** Clocks of replicas differ a little: changes are read again this far back, and told once. */
const overlapMs = 30_000;
const openStates: readonly AlertState[] = ['PENDING', 'FIRING', 'ACKNOWLEDGED'];
const maxOpenAlerts = 1_000;

/** Watches every version for drift, keeps the alerts, and answers for them. */
export class DriftMonitor {
  readonly #options: DriftMonitorOptions;
  readonly #lookout: DriftLookout;
  readonly #feed = new AlertFeed();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;
  #toldUntil: Date;

  constructor(options: DriftMonitorOptions) {
    this.#options = options;
    this.#lookout = new DriftLookout({ ...options, report: (model, version) => this.report(model, version) });
    this.#toldUntil = options.now();
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.checkAll()
        .catch((error: unknown) => this.#options.logger.warn('drift_look_failed', { error }))
        .finally(() => {
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

  /** One look at each version, then the news from all replicas. */
  async checkAll(): Promise<void> {
    for (const { model, version } of this.#options.versions()) await this.#lookout.look(model, version);
    await this.#tellChanges();
  }

  async report(model: string, version: string): Promise<DriftReport> {
    const { store } = this.#options;
    const now = this.#options.now();
    const since = daysBefore(now, windowDays);
    const reference = await store.reference(model, version);
    const buckets = reference ? await store.buckets(reference.id, since) : [];
    const performance = await store.performance(model, version, since);
    return driftReport({ model, version, reference, buckets, performance, now });
  }

  /** Stores the profile that ships with a version, once: its id is made of its content. */
  async ensureReference(model: string, version: string, profile: ReferenceProfile | null): Promise<void> {
    if (!profile) return;
    const id = eventIdFromKey({ scope: JSON.stringify(['drift-reference', model, version]), key: JSON.stringify(profile), dayStartMs: 0 });
    await this.#options.store.saveReference({ id, model, version, profile, capturedAt: this.#options.now() });
  }

  /** @throws AppError BAD_USER_INPUT, INVALID_STATE when there are too few predictions. */
  async captureReference(
    model: string,
    version: string,
    { lastRows = defaultCaptureRows }: { readonly lastRows?: number },
  ): Promise<DriftReference> {
    if (!Number.isInteger(lastRows) || lastRows < minWindowRows || lastRows > maxCaptureRows) {
      throw new AppError('BAD_USER_INPUT', `lastRows must be a whole number from ${minWindowRows} to ${maxCaptureRows}, not ${lastRows}.`);
    }
    const now = this.#options.now();
    const rows = await this.#options.store.recentRows(model, version, lastRows, daysBefore(now, windowDays));
    if (rows.length < minWindowRows) {
      throw new AppError(
        'INVALID_STATE',
        `Version ${version} of ${model} has ${rows.length} predictions in the last ${windowDays} days; a reference needs ${minWindowRows}.`,
      );
    }
    const profile = captureProfile(rows, `The last ${rows.length} predictions before ${now.toISOString()}.`);
    const reference = { id: this.#options.createId(), model, version, profile, capturedAt: now };
    await this.#options.store.saveReference(reference);
    this.#options.logger.info('drift_reference_captured', { model, version, rows: rows.length });
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
    const findings = await this.#options.store.countLooks(model, daysBefore(this.#options.now(), days));
    return { model, days, findings, performance: await this.performanceHistory(model, null, days) };
  }

  /** Newest first. */
  async performanceHistory(model: string, version: string | null, days: number): Promise<readonly PerformanceWindow[]> {
    return performanceWindows(await this.#options.store.performance(model, version, daysBefore(this.#options.now(), days)), days);
  }

  /** The alerts that are open now, then each change; a reader that is too slow misses the oldest changes. */
  watchAlerts(watch: AlertWatch): AsyncIterableIterator<DriftAlert> {
    const queue = this.#feed.watch(watch);
    const filter = { states: openStates, ...(watch.model !== undefined && { model: watch.model }) };
    this.#options.store.listAlerts(filter, maxOpenAlerts, null).then(
      ({ items }) => {
        for (const alert of [...items].reverse()) if (matches(alert, watch)) queue.push(alert);
      },
      (error: unknown) => {
        this.#options.logger.warn('drift_alerts_not_read', { error });
        queue.close();
      },
    );
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
    const since = new Date(this.#toldUntil.getTime() - overlapMs);
    const changed = await this.#options.store.alertsChangedSince(since);
    this.#feed.publish(changed);
    this.#feed.forgetBefore(since.getTime());
    this.#toldUntil = changed.at(-1)?.updatedAt ?? this.#toldUntil;
  }
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * dayMs);
}

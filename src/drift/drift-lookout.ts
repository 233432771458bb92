import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import { alertKey, cleanLooksToResolve, confirmAlert, openAlert, resolvedAlert } from './alert-life';
import type { DriftAlert } from './drift-alert';
import type { DriftFinding, DriftReport } from './drift-report';
import type { DriftStore } from './drift-store';

export interface DriftLookoutOptions {
  readonly store: DriftStore;
  readonly report: (model: string, version: string) => Promise<DriftReport>;
  readonly createId: () => string;
  readonly now: () => Date;
  readonly logger: Logger;
}

interface Memory {
  /** What the last look had seen: without anything new there is nothing to look at. */
  seen: string;
  severity: string;
  loggedAtMs: number;
}

const logEveryMs = 60_000;

/** Turns reports into alerts: opens, confirms and resolves them, and keeps a record of the looks. */
export class DriftLookout {
  readonly #options: DriftLookoutOptions;
  readonly #memory = new Map<string, Memory>();
  /** Clean looks in a row, by alert. */
  readonly #cleanLooks = new Map<string, number>();

  constructor(options: DriftLookoutOptions) {
    this.#options = options;
  }

  async look(model: string, version: string): Promise<void> {
    const report = await this.#options.report(model, version);
    if (report.findings.length === 0) return;
    const open = await this.#options.store.openAlerts(model, version);
    const memory = this.#memory.get(JSON.stringify([model, version])) ?? { seen: '', severity: '', loggedAtMs: 0 };
    this.#memory.set(JSON.stringify([model, version]), memory);
    const seen = JSON.stringify([report.windowEndedAt, report.findings.map(({ currentRows, statistic }) => [currentRows, statistic])]);
    const isNew = seen !== memory.seen;
    if (!isNew && !open.some((alert) => alert.state === 'PENDING')) return;
    memory.seen = seen;
    await this.#record(report, memory);
    await this.#updateAlerts(report, open, isNew);
  }

  async #updateAlerts(report: DriftReport, open: readonly DriftAlert[], isNew: boolean): Promise<void> {
    const { model, version } = report;
    const now = this.#options.now();
    const findings = new Map(report.findings.map((finding) => [alertKey(finding), finding]));
    for (const finding of report.findings) {
      if (finding.drifted && !open.some((alert) => alertKey(alert) === alertKey(finding)))
        await this.#open(finding, { model, version, now });
    }
    for (const alert of open) {
      const finding = findings.get(alertKey(alert));
      if (finding?.drifted) {
        this.#cleanLooks.delete(alert.id);
        const confirmed = confirmAlert(alert, finding, now);
        if (confirmed) await this.#options.store.saveAlert(confirmed);
      } else if (finding && isNew) await this.#countClean(alert, now);
    }
  }

  async #open(finding: DriftFinding, subject: { readonly model: string; readonly version: string; readonly now: Date }): Promise<void> {
    const alert = openAlert(this.#options.createId(), finding, subject);
    try {
      await this.#options.store.saveAlert(alert);
      this.#options.logger.warn('drift_alert_opened', {
        model: alert.model,
        version: alert.version,
        kind: alert.kind,
        feature: alert.feature,
      });
    } catch (error) {
      // Another replica saw the same a moment earlier; its alert is as good.
      if (!(error instanceof AppError) || error.code !== 'CONFLICT') throw error;
    }
  }

  async #countClean(alert: DriftAlert, now: Date): Promise<void> {
    const looks = (this.#cleanLooks.get(alert.id) ?? 0) + 1;
    this.#cleanLooks.set(alert.id, looks);
    if (looks < cleanLooksToResolve) return;
    this.#cleanLooks.delete(alert.id);
    await this.#options.store.saveAlert(resolvedAlert(alert, now, null));
  }

  /** At most once a minute, unless the severity changed: the summary counts looks, and must not depend on how often we look. */
  async #record(report: DriftReport, memory: Memory): Promise<void> {
    const at = this.#options.now();
    if (report.severity === memory.severity && at.getTime() - memory.loggedAtMs < logEveryMs) return;
    memory.severity = report.severity;
    memory.loggedAtMs = at.getTime();
    await this.#options.store.appendLooks(
      report.findings.map(({ kind, feature, test, statistic, adjustedPValue, pValue, severity }) => ({
        at,
        model: report.model,
        version: report.version,
        kind,
        feature,
        test,
        statistic,
        pValue: adjustedPValue ?? pValue,
        severity,
      })),
    );
  }
}

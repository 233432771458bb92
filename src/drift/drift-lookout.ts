import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import { type AlertMemory, alertKey, followAlert, noMemory, openAlert, resolvedAlert } from './alert-life';
import type { DriftAlert } from './drift-alert';
import { type DriftEvidence, DriftEvidenceReader } from './drift-evidence';
import type { DriftFinding } from './drift-finding';
import { type DriftReport, driftReport } from './drift-report';
import type { DriftStore } from './drift-store';

export interface DriftLookoutOptions {
  readonly store: DriftStore;
  readonly createId: () => string;
  readonly now: () => Date;
  readonly logger: Logger;
}

/** Of the last look at a version. */
interface VersionMemory {
  rowsSeen: number;
  labelsSeen: number;
  hasPending: boolean;
  severity: string;
  recordedAtMs: number;
  readonly alerts: Map<string, AlertMemory>;
}

const recordEveryMs = 60_000;
/** Enough to find the last alert of one feature among those of its kind. */
const resolvedAlertsRead = 100;

/** Looks at versions: turns reports into alerts, opens, confirms and resolves them, and keeps a record of the looks. */
export class DriftLookout {
  readonly #options: DriftLookoutOptions;
  readonly #evidence: DriftEvidenceReader;
  readonly #memory = new Map<string, VersionMemory>();

  constructor(options: DriftLookoutOptions) {
    this.#options = options;
    this.#evidence = new DriftEvidenceReader(options.store);
  }

  /** Nothing new and nothing waiting to be confirmed: nothing to look at. What fails is made up for by the next look. */
  async look(model: string, version: string): Promise<void> {
    const now = this.#options.now();
    const evidence = await this.#evidence.read(model, version, now);
    const memory = this.#memoryOf(model, version);
    const isNew = evidence.rowsSeen > memory.rowsSeen || evidence.labelsSeen > memory.labelsSeen;
    if (!isNew && !memory.hasPending) return;
    const report = driftReport({ model, version, now }, evidence);
    if (report.findings.length > 0) {
      await this.#updateAlerts(report, evidence, memory);
      if (isNew) await this.#record(report, memory);
    }
    memory.rowsSeen = evidence.rowsSeen;
    memory.labelsSeen = evidence.labelsSeen;
  }

  /** A new reference makes what was found against the old one void. */
  async resolveAll(model: string, version: string): Promise<void> {
    for (const alert of await this.#options.store.openAlerts(model, version)) {
      await this.#options.store.saveAlert(resolvedAlert(alert, this.#options.now(), null));
    }
  }

  #memoryOf(model: string, version: string): VersionMemory {
    const key = JSON.stringify([model, version]);
    const memory = this.#memory.get(key) ?? {
      rowsSeen: 0,
      labelsSeen: 0,
      hasPending: false,
      severity: '',
      recordedAtMs: Number.NEGATIVE_INFINITY,
      alerts: new Map(),
    };
    this.#memory.set(key, memory);
    return memory;
  }

  async #updateAlerts(report: DriftReport, evidence: DriftEvidence, memory: VersionMemory): Promise<void> {
    const open = new Map((await this.#options.store.openAlerts(report.model, report.version)).map((alert) => [alertKey(alert), alert]));
    const alerts: DriftAlert[] = [];
    for (const finding of report.findings) {
      const isPerformance = finding.kind === 'PERFORMANCE';
      const seen = isPerformance ? evidence.labelsSeen : evidence.rowsSeen;
      const isNew = seen > (isPerformance ? memory.labelsSeen : memory.rowsSeen);
      const alert = open.get(alertKey(finding));
      if (alert) {
        const step = followAlert(alert, memory.alerts.get(alert.id) ?? noMemory, { finding, seen, isNew, now: report.asOf });
        if (step.changed) await this.#replace(alert, step.changed);
        memory.alerts.set(alert.id, step.memory);
        alerts.push(step.changed ?? alert);
      } else if (finding.drifted && isNew) {
        const opened = await this.#open(finding, report);
        if (opened) memory.alerts.set(opened.id, { cleanLooks: 0, dirtySince: seen });
        if (opened) alerts.push(opened);
      }
    }
    memory.hasPending = alerts.some((alert) => alert.state === 'PENDING');
    for (const id of memory.alerts.keys())
      if (!alerts.some((alert) => alert.id === id && alert.state !== 'RESOLVED')) memory.alerts.delete(id);
  }

  async #open(finding: DriftFinding, { model, version, asOf }: DriftReport): Promise<DriftAlert | null> {
    if (await this.#isDealtWith(finding, model, version)) return null;
    const alert = openAlert(this.#options.createId(), finding, { model, version, now: asOf });
    try {
      await this.#options.store.saveAlert(alert);
    } catch (error) {
      // Another replica saw the same a moment earlier; its alert is as good.
      if (error instanceof AppError && error.code === 'CONFLICT') return null;
      throw error;
    }
    const { kind, feature, severity } = alert;
    // Seen once: most often chance.
    this.#options.logger.info('drift_alert_pending', { model, version, kind, feature, severity });
    return alert;
  }

  /** The window still reaches back to when the last alert of the same was open: rows that were judged once do not open another. */
  async #isDealtWith({ kind, feature, windowStartedAt }: DriftFinding, model: string, version: string): Promise<boolean> {
    if (!windowStartedAt) return false;
    const filter = { model, version, kind, states: ['RESOLVED'] } as const;
    const { items } = await this.#options.store.listAlerts(filter, resolvedAlertsRead, null);
    return items.some((alert) => alert.feature === feature && alert.updatedAt > windowStartedAt);
  }

  /** A person may have acknowledged or resolved it while this look was made: then the person is right. */
  async #replace(before: DriftAlert, after: DriftAlert): Promise<void> {
    const stored = await this.#options.store.findAlert(before.id);
    if (stored?.updatedAt.getTime() !== before.updatedAt.getTime()) return;
    await this.#options.store.saveAlert(after);
    const { model, version, kind, feature, severity, state } = after;
    this.#options.logger[state === 'FIRING' ? 'warn' : 'info']('drift_alert_changed', { model, version, kind, feature, severity, state });
  }

  /** At most once a minute, unless the severity changed: the summary counts looks, and must not depend on how often we look. */
  async #record(report: DriftReport, memory: VersionMemory): Promise<void> {
    const { model, version, asOf: at, severity, findings } = report;
    if (severity === memory.severity && at.getTime() - memory.recordedAtMs < recordEveryMs) return;
    await this.#options.store.appendLooks(
      findings.map(({ kind, feature, test, statistic, adjustedPValue, pValue, severity }) => {
        return { at, model, version, kind, feature, test, statistic, pValue: adjustedPValue ?? pValue, severity };
      }),
    );
    memory.severity = severity;
    memory.recordedAtMs = at.getTime();
  }
}

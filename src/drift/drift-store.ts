import type { InputFeatures } from '../events/event';
import type { AlertFilter, DriftAlert, DriftKind, DriftSeverity } from './drift-alert';
import type { ReferenceProfile } from './reference-profile';

/** A stored reference; its `id` names the bins, so that windows of an older reference are never mixed with a newer one's. */
export interface DriftReference {
  readonly id: string;
  readonly model: string;
  readonly version: string;
  readonly profile: ReferenceProfile;
  readonly capturedAt: Date;
}

/** Counts of one feature in one minute, over all replicas; indexed by `binIndex`. */
export interface FeatureBucket {
  readonly feature: string;
  readonly startedAt: Date;
  readonly counts: readonly number[];
}

/** Labelled predictions of one version in one hour (of the prediction), by truth and answer. */
export interface PerformanceBucket {
  readonly startedAt: Date;
  readonly predictions: number;
  readonly labelled: number;
  readonly correct: number;
  /** Sum of confidences over `predictions`. */
  readonly confidenceSum: number;
  readonly confusion: readonly { readonly truth: number; readonly predicted: number; readonly count: number }[];
}

/** One test of one look, kept for the summary. */
export interface DriftLook {
  readonly at: Date;
  readonly model: string;
  readonly version: string;
  readonly kind: DriftKind;
  readonly feature: string | null;
  readonly test: string;
  readonly statistic: number;
  readonly pValue: number | null;
  readonly severity: DriftSeverity;
}

export interface LookCount {
  readonly kind: DriftKind;
  readonly feature: string | null;
  readonly severity: DriftSeverity;
  readonly count: number;
}

/** What a version answered to one row: a class by its label, or a value. */
export interface PastAnswer {
  readonly label: string | null;
  /** The answer of a regression; null or absent for a classification. */
  readonly value?: number | null;
}

/** A past prediction as far as a reference needs it. */
export interface ReferenceRow extends PastAnswer {
  readonly inputFeatures: InputFeatures;
  readonly confidence: number | null;
  /** Whether the answer was right; null without a label. */
  readonly correct: boolean | null;
}

/** Port: references, windows, looks and alerts. The windows are filled by the ingester, in the transaction that stores the predictions. */
export interface DriftStore {
  /** The newest reference of a version. */
  reference(model: string, version: string): Promise<DriftReference | null>;
  /** One that is stored already (by id) stays as it is. */
  saveReference(reference: DriftReference): Promise<void>;
  /** Newest minute first, not older than `since`. */
  buckets(referenceId: string, since: Date): Promise<readonly FeatureBucket[]>;
  /** Newest hour first, not older than `since`; `version` null: all versions of the model together. */
  performance(model: string, version: string | null, since: Date): Promise<readonly PerformanceBucket[]>;
  /** The newest successful predictions, to capture a reference from. */
  recentRows(model: string, version: string, limit: number, since: Date): Promise<readonly ReferenceRow[]>;
  /** The answers alone of the same rows: asked for every few seconds. */
  recentAnswers(model: string, version: string, limit: number, since: Date): Promise<readonly PastAnswer[]>;
  appendLooks(looks: readonly DriftLook[]): Promise<void>;
  countLooks(model: string, since: Date): Promise<readonly LookCount[]>;
  /** Not RESOLVED ones of a version. */
  openAlerts(model: string, version: string): Promise<readonly DriftAlert[]>;
  findAlert(id: string): Promise<DriftAlert | null>;
  /** Inserts or replaces by id. @throws AppError CONFLICT when another alert for the same drift is open (on another replica). */
  saveAlert(alert: DriftAlert): Promise<void>;
  /** Newest first (by openedAt, then id); `after`: id of the last item of the page before. */
  listAlerts(
    filter: AlertFilter,
    first: number,
    after: string | null,
  ): Promise<{ readonly items: readonly DriftAlert[]; readonly hasNextPage: boolean }>;
  /** Alerts changed after `since`, oldest change first: lets each replica tell its subscribers of what another replica found. */
  alertsChangedSince(since: Date): Promise<readonly DriftAlert[]>;
}

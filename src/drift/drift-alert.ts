export type DriftSeverity = 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH';
export type DriftKind = 'DATA' | 'PREDICTION' | 'PERFORMANCE' | 'CONFIDENCE';
/** PENDING: seen once; FIRING: seen again; ACKNOWLEDGED: a person knows; RESOLVED: gone, or closed by a person. */
export type AlertState = 'PENDING' | 'FIRING' | 'ACKNOWLEDGED' | 'RESOLVED';

export interface DriftAlert {
  readonly id: string;
  readonly kind: DriftKind;
  readonly severity: DriftSeverity;
  readonly state: AlertState;
  readonly model: string;
  readonly version: string;
  /** Null for prediction, confidence and performance drift. */
  readonly feature: string | null;
  /** Name of the test, for example `chi-square homogeneity`. */
  readonly test: string;
  readonly statistic: number;
  readonly pValue: number | null;
  readonly threshold: number;
  /** Effect size in the test's own unit (PSI, relative drop). */
  readonly effect: number | null;
  readonly message: string;
  readonly openedAt: Date;
  readonly updatedAt: Date;
  readonly comment: string | null;
}

export interface AlertFilter {
  readonly model?: string;
  readonly version?: string;
  readonly kind?: DriftKind;
  readonly states?: readonly AlertState[];
  readonly minSeverity?: DriftSeverity;
}

import type { DriftKind, DriftSeverity } from './drift-alert';

/** One test of one look. */
export interface DriftFinding {
  readonly kind: DriftKind;
  /** Null for everything but DATA. */
  readonly feature: string | null;
  readonly test: string;
  readonly statistic: number;
  readonly pValue: number | null;
  /** After Benjamini-Hochberg over all distributions of the look. */
  readonly adjustedPValue: number | null;
  /** What the adjusted p-value (performance: the relative drop) is compared with. */
  readonly threshold: number;
  /** PSI; for performance the relative drop of accuracy. */
  readonly effect: number | null;
  readonly severity: DriftSeverity;
  /** Whether it is worth an alert. */
  readonly drifted: boolean;
  readonly referenceRows: number;
  readonly currentRows: number;
  readonly message: string;
  /** Where the window of this test begins; null when that is not known. */
  readonly windowStartedAt: Date | null;
}

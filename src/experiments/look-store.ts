import type { LiftEvidence } from './lift-evidence';

export interface StoredLift {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** What one look saw of one metric of one treatment, by itself, and what all looks say after it. */
export interface LookRow {
  readonly metric: string;
  readonly variant: string;
  readonly controlUnits: number;
  readonly units: number;
  /** Null without a unit. */
  readonly controlMean: number | null;
  readonly mean: number | null;
  /** In the metric's own unit; null: it could not be told yet. */
  readonly absoluteLift: StoredLift | null;
  /** As a share of the control's mean; null also while any share is possible. */
  readonly relativeLift: StoredLift | null;
  readonly pValue: number | null;
  /** Null: the look stands by itself, because its method or its metric has nothing that could be taken together. */
  readonly evidence: LiftEvidence | null;
}

/** One look at everything in an experiment. */
export interface ExperimentLook {
  readonly experiment: string;
  /** Its place in the schedule, rising from 1; missed looks are gaps. */
  readonly number: number;
  readonly at: Date;
  /** Every metric of every treatment. */
  readonly rows: readonly LookRow[];
}

export interface SeriesRequest {
  readonly experiment: string;
  readonly metric: string;
  readonly variant: string;
  /** At most this many looks, at about equal distances in time, the newest among them. */
  readonly maxPoints: number;
}

export type SeriesPoint = LookRow & Pick<ExperimentLook, 'number' | 'at'>;

/** Port: the looks at experiments, which are never changed once they are stored. */
export interface LookStore {
  /** A few rows, however many looks there were; null: none yet. */
  newest(experiment: string): Promise<ExperimentLook | null>;
  /**
   * Stores a look whole, provided that the newest one is `after` (0: there is none). Otherwise nothing is stored: somebody else was faster, and what
   * this look was folded from is not the newest any more.
   * @returns whether it was stored.
   */
  append(look: ExperimentLook, after: number): Promise<boolean>;
  /** Oldest first. */
  series(request: SeriesRequest): Promise<readonly SeriesPoint[]>;
}

import type { LabelCoverageTest } from './label-coverage-test';

export interface VariantUnits {
  readonly variant: string;
  readonly units: number;
}

/** What the units of a treatment had of a metric before their first exposure, against those of the control. Nothing can differ there but by chance. */
export interface PreExperimentBias {
  readonly metric: string;
  readonly variant: string;
  /** Valid at every look, as those of the results. */
  readonly pValue: number;
  /** (variant - control) / |control|; null when the control had nothing. */
  readonly imbalance: number | null;
  /** Whether it is so unlikely that something is wrong. */
  readonly flagged: boolean;
}

/** What is counted of how an experiment ran. */
export interface MeasuredHealth {
  readonly sampleRatioMismatch: {
    readonly pValue: number | null;
    /** 1 / e-value of this look: below a with probability at most a whenever one looks, while the weights hold. Null before the first unit. */
    readonly anytimePValue: number | null;
    readonly mismatch: boolean;
    readonly observed: readonly VariantUnits[];
    readonly expected: readonly VariantUnits[];
  };
  readonly multipleExposures: number;
  readonly unmatched: number;
  readonly labelCoverage: readonly {
    readonly variant: string;
    readonly predictions: number;
    readonly labelled: number;
    readonly coverage: number | null;
  }[];
  readonly labelCoverageTest: LabelCoverageTest;
  /** Whether the arms were alike before; empty without covariates. */
  readonly preExperimentBias: readonly PreExperimentBias[];
  /** When the newest came; null: none. */
  readonly lastExposureAt: Date | null;
  readonly lastLabelAt: Date | null;
  readonly lastOutcomeAt: Date | null;
}

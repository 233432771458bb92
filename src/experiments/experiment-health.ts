import { sampleRatioMismatch } from '../statistics/sample-ratio-mismatch';
import type { Variant } from './experiment';
import type { ExperimentSums, VariantSums } from './result-sums';

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

export interface ExperimentHealth {
  readonly sampleRatioMismatch: {
    readonly pValue: number | null;
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
  /** Whether the arms were alike before; empty without covariates. */
  readonly preExperimentBias: readonly PreExperimentBias[];
}

/** A variant of the plan and what its units did. */
export interface Arm {
  readonly variant: Variant;
  readonly sums: VariantSums;
}

/** A split this unlikely is a fault somewhere, not chance. */
const mismatchThreshold = 0.001;
/** Cochran's rule: below this many expected units in an arm the chi-square p-value is not one, and the first unit of a small arm would raise alarm. */
const leastExpectedUnits = 5;

/** Whether the experiment ran as planned; looked at before any difference between arms. What was before it is looked at in `preExperimentBias`. */
export function experimentHealth(arms: readonly Arm[], sums: ExperimentSums): Omit<ExperimentHealth, 'preExperimentBias'> {
  const observed = arms.map((arm) => arm.sums.exposedUnits);
  const weights = arms.map((arm) => arm.variant.weight);
  const units = observed.reduce((sum, count) => sum + count, 0);
  const pValue = canBeTested(observed, weights) ? sampleRatioMismatch(observed, weights).pValue : null;
  const named = (values: readonly number[]) => arms.map((arm, index) => ({ variant: arm.variant.key, units: values[index] as number }));
  return {
    sampleRatioMismatch: {
      pValue,
      mismatch: pValue !== null && pValue < mismatchThreshold,
      observed: named(observed),
      expected: named(weights.map((weight) => weight * units)),
    },
    multipleExposures: sums.multipleExposures,
    unmatched: sums.unmatched,
    labelCoverage: arms.map(({ variant, sums: { predictions, labelledPredictions } }) => ({
      variant: variant.key,
      predictions,
      labelled: labelledPredictions,
      coverage: predictions === 0 ? null : labelledPredictions / predictions,
    })),
  };
}

function canBeTested(observed: readonly number[], weights: readonly number[]): boolean {
  const units = observed.reduce((sum, count) => sum + count, 0);
  const isBroken = weights.some((weight, index) => weight === 0 && (observed[index] ?? 0) > 0);
  return isBroken || (units > 0 && weights.every((weight) => weight === 0 || weight * units >= leastExpectedUnits));
}

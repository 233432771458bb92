import { alwaysValidSampleRatio } from '../statistics/always-valid-sample-ratio';
import { sampleRatioMismatch } from '../statistics/sample-ratio-mismatch';
import type { Variant } from './experiment';
import { type HealthFacts, type HealthStatus, healthProblems } from './health-problems';
import { labelCoverageTest } from './label-coverage-test';
import type { MeasuredHealth } from './measured-health';
import type { ExperimentSums, VariantSums } from './result-sums';

/** `problems`: what is wrong, the worst first, in sentences. */
export interface ExperimentHealth extends MeasuredHealth {
  readonly status: HealthStatus;
  readonly problems: readonly string[];
}

/** A variant of the plan and what its units did. */
export interface Arm {
  readonly variant: Variant;
  readonly sums: VariantSums;
  /** Of a bandit: its units by the phase that they were drawn in, by number; of every arm as many. Absent otherwise. */
  readonly phases?: readonly VariantSums[];
}

/** A split this unlikely is a fault somewhere, not chance. */
export const mismatchThreshold = 0.001;
/** Cochran's rule: below this many expected units in an arm the chi-square p-value is not one, and the first unit of a small arm would raise alarm. */
const leastExpectedUnits = 5;

type Situation = Omit<HealthFacts, 'health'> & {
  readonly bias: MeasuredHealth['preExperimentBias'];
  /** What was promised to each arm of all units; null: the weights of the plan. */
  readonly shares: readonly number[] | null;
};

/** Whether the experiment ran as planned; looked at before any difference between arms. */
export function experimentHealth(arms: readonly Arm[], sums: ExperimentSums, { bias, shares, ...situation }: Situation): ExperimentHealth {
  const health = { ...measuredHealth(arms, sums, shares ?? arms.map(({ variant }) => variant.weight)), preExperimentBias: bias };
  return { ...health, ...healthProblems({ ...situation, health }) };
}

function measuredHealth(arms: readonly Arm[], sums: ExperimentSums, weights: readonly number[]): Omit<MeasuredHealth, 'preExperimentBias'> {
  const observed = arms.map((arm) => arm.sums.exposedUnits);
  const units = observed.reduce((sum, count) => sum + count, 0);
  const pValue = canBeTested(observed, weights) ? sampleRatioMismatch(observed, weights).pValue : null;
  const named = (values: readonly number[]) => arms.map((arm, index) => ({ variant: arm.variant.key, units: values[index] as number }));
  return {
    sampleRatioMismatch: {
      pValue,
      anytimePValue: units > 0 ? alwaysValidSampleRatio({ observed, weights }).pValueOfLook : null,
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
    labelCoverageTest: labelCoverageTest(arms.map((arm) => arm.sums)),
    lastExposureAt: sums.lastSeen?.exposureAt ?? null,
    lastLabelAt: sums.lastSeen?.labelAt ?? null,
    lastOutcomeAt: sums.lastSeen?.outcomeAt ?? null,
  };
}

function canBeTested(observed: readonly number[], weights: readonly number[]): boolean {
  const units = observed.reduce((sum, count) => sum + count, 0);
  const isBroken = weights.some((weight, index) => weight === 0 && (observed[index] ?? 0) > 0);
  return isBroken || (units > 0 && weights.every((weight) => weight === 0 || weight * units >= leastExpectedUnits));
}

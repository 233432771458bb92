import { periodStratifiedMean } from '../statistics/period-stratified-mean';
import type { ArmEstimate } from '../statistics/ratio-of-sums';
import type { Arm } from './experiment-health';
import type { Metric } from './metric';
import { leastUnits } from './metric-result';
import { type Observation, observeArm } from './observe-arm';

/** What the arms have of a metric in one phase of a bandit. */
export interface ObservedPhase {
  /** From 0. */
  readonly index: number;
  /** In the order of the arms. */
  readonly arms: readonly Observation[];
  /** Whether every arm has the least number of units in it: else it is left out of every mean. */
  readonly counts: boolean;
}

/** Oldest first; null of what is no bandit. */
export function observePhases(metric: Metric, arms: readonly Arm[]): readonly ObservedPhase[] | null {
  if (arms.some(({ phases }) => phases === undefined)) return null;
  const byArm = arms.map(({ phases = [] }) => phases.map((sums) => observeArm(metric, sums)));
  return (byArm[0] ?? []).map((_, index) => {
    const observed = byArm.map((own) => own[index] as Observation);
    return { index, arms: observed, counts: observed.every(({ units, estimate }) => units >= leastUnits && estimate !== null) };
  });
}

/**
 * What each arm has of a metric, in their order. Where weights changed, each phase is looked at alone and the means are averaged by the units of all arms
 * (`periodStratifiedMean`), as in `bench/error-rates/bandit-trial.ts`, whose error rate was measured. A phase counts once every arm has the least number of
 * units in it.
 */
export function observeArms(metric: Metric, arms: readonly Arm[]): readonly Observation[] {
  const counted = observePhases(metric, arms)?.filter(({ counts }) => counts);
  if (!counted) return arms.map(({ sums }) => observeArm(metric, sums));
  return arms.map(({ sums }, arm) => {
    const periods = counted.map(({ arms: observed }) => ({
      unitsOfAllArms: observed.reduce((total, { units }) => total + units, 0),
      arm: withoutShape(observed[arm]?.estimate as ArmEstimate),
    }));
    const estimate = periodStratifiedMean(periods);
    return estimate ? { units: estimate.units, mean: estimate.mean, estimate } : { ...observeArm(metric, sums), estimate: null };
  });
}

function withoutShape({ mean, standardError, units }: ArmEstimate): ArmEstimate {
  return { mean, standardError, units };
}

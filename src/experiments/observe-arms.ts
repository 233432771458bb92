import { periodStratifiedMean } from '../statistics/period-stratified-mean';
import type { ArmEstimate } from '../statistics/ratio-of-sums';
import type { Arm } from './experiment-health';
import type { Metric } from './metric';
import { leastUnits } from './metric-result';
import { type Observation, observeArm } from './observe-arm';

/**
 * What each arm has of a metric, in their order. Where weights changed, each phase is looked at alone and the means are averaged by the units of all arms
 * (`periodStratifiedMean`), as in `bench/error-rates/bandit-trial.ts`, whose error rate was measured. A phase counts once every arm has the least number of
 * units in it.
 */
export function observeArms(metric: Metric, arms: readonly Arm[]): readonly Observation[] {
  if (arms.some(({ phases }) => phases === undefined)) return arms.map(({ sums }) => observeArm(metric, sums));
  const byArm = arms.map(({ phases = [] }) => phases.map((sums) => observeArm(metric, sums)));
  const counted = (byArm[0] ?? []).flatMap((_, phase) => {
    const observed = byArm.map((own) => own[phase] as Observation);
    return observed.every(({ units, estimate }) => units >= leastUnits && estimate !== null) ? [observed] : [];
  });
  return arms.map(({ sums }, arm) => {
    const periods = counted.map((observed) => ({
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

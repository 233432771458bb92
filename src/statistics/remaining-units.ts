import type { LiftEstimate } from './lift';
import { type PlannedTest, powerOf } from './power';

export interface RunningExperiment {
  /** Of the lift as it is estimated now, on the scale of the effect. */
  readonly standardError: LiftEstimate['standardError'];
  /** In the two arms that are compared. */
  readonly units: number;
  /** The lift that matters; its sign does not. */
  readonly effect: number;
  /** Two-sided, of the whole experiment. */
  readonly alpha: number;
  /** Probability to find the effect on every goal metric together. */
  readonly power: number;
  readonly test: PlannedTest;
  /** Control included, at least 2. */
  readonly arms: number;
  /** Goal metrics, at least 1. */
  readonly goals: number;
}

export interface RemainingUnits {
  /** Probability that the experiment as it stands finds the effect on one goal. */
  readonly powerNow: number;
  /** What that probability must reach: power^(1 / goals). */
  readonly powerPerGoal: number;
  /** Additional units as a multiple of the present ones, 0 when there are enough; null when 2^27 times as many do not suffice. */
  readonly growth: number | null;
  /** growth x units, in the two arms. */
  readonly additionalUnits: number | null;
}

const largestGrowth = 2 ** 27;

/**
 * How many more units a running experiment needs: the smallest k at which `powerOf` with the standard error SE / sqrt(1 + k) and (1 + k)
 * times the units reaches power^(1 / goals), at alpha divided by the (arms - 1) x goals comparisons. It uses the standard error, never the
 * lift, so that looking at it does not bend the error rates. By bisection to a relative error of 1e-12. Source: GrowthBook's gbstats (MIT),
 * `power/midexperimentpower.py`, which stops within 1e-5 of the power.
 *
 * @throws RangeError when a number is out of its range or not finite.
 * @example remainingUnits({ standardError: 0.03, units: 9000, effect: 0.05, alpha: 0.05, power: 0.8, test, arms: 2, goals: 1 }).growth;
 */
export function remainingUnits(experiment: RunningExperiment): RemainingUnits {
  requireExperiment(experiment);
  const { units, alpha, test, arms, goals } = experiment;
  const powerPerGoal = experiment.power ** (1 / goals);
  const powerAt = (growth: number) =>
    powerOf({
      effect: Math.abs(experiment.effect),
      standardError: experiment.standardError / Math.sqrt(1 + growth),
      sampleSize: units * (1 + growth),
      alpha: alpha / ((arms - 1) * goals),
      test,
    });
  const growth = smallestGrowth((candidate) => powerAt(candidate) >= powerPerGoal);
  return { powerNow: powerAt(0), powerPerGoal, growth, additionalUnits: growth === null ? null : growth * units };
}

function smallestGrowth(isEnough: (growth: number) => boolean): number | null {
  if (isEnough(0)) return 0;
  let high = 1;
  while (!isEnough(high)) {
    if (high >= largestGrowth) return null;
    high *= 2;
  }
  let low = high === 1 ? 0 : high / 2;
  for (let step = 0; step < 100 && high - low > 1e-12 * high; step++) {
    const middle = (low + high) / 2;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function requireExperiment({ units, power, arms, goals }: RunningExperiment): void {
  if (!(units > 0 && Number.isFinite(units))) throw new RangeError(`The number of units must be above 0, not ${units}.`);
  if (!(power > 0 && power < 1)) throw new RangeError(`The power must lie between 0 and 1, not ${power}.`);
  if (!Number.isInteger(arms) || arms < 2) throw new RangeError(`There must be at least two arms, not ${arms}.`);
  if (!Number.isInteger(goals) || goals < 1) throw new RangeError(`There must be at least one goal, not ${goals}.`);
}

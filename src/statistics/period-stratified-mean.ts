import type { ArmEstimate } from './ratio-of-sums';

/** One arm in one interval of constant weights. */
export interface ArmPeriod {
  /** Units of all arms that entered in this period. */
  readonly unitsOfAllArms: number;
  /** The arm's estimate from its units that entered in this period. */
  readonly arm: ArmEstimate;
}

/**
 * An arm's mean over periods of different weights: mean = sum of w_p m_p, SE^2 = sum of w_p^2 SE_p^2, w_p = the share of all arms' units
 * that entered in period p. A plain mean over all its units would weigh the periods by how much traffic the arm got, and where the metric
 * also drifts it would call the arm good that had the good days (Simpson's paradox). With constant weights the two estimate the same.
 *
 * Source: GrowthBook's bandit statistics (MIT); the idea is Optimizely's epochs.
 *
 * @returns null without periods.
 * @throws RangeError when a number of units is not above 0 or an estimate is not finite.
 * @example periodStratifiedMean([{ unitsOfAllArms: 200, arm: first }, { unitsOfAllArms: 200, arm: second }])?.mean;
 */
export function periodStratifiedMean(periods: readonly ArmPeriod[]): ArmEstimate | null {
  for (const period of periods) requirePeriod(period);
  if (periods.length === 0) return null;
  const allUnits = periods.reduce((sum, { unitsOfAllArms }) => sum + unitsOfAllArms, 0);
  const shareOf = ({ unitsOfAllArms }: ArmPeriod) => unitsOfAllArms / allUnits;
  return {
    mean: periods.reduce((sum, period) => sum + shareOf(period) * period.arm.mean, 0),
    standardError: Math.hypot(...periods.map((period) => shareOf(period) * period.arm.standardError)),
    units: periods.reduce((sum, { arm }) => sum + arm.units, 0),
  };
}

function requirePeriod({ unitsOfAllArms, arm }: ArmPeriod): void {
  if (!(unitsOfAllArms > 0 && Number.isFinite(unitsOfAllArms))) {
    throw new RangeError(`The units of all arms must be above 0, not ${unitsOfAllArms}.`);
  }
  if (!Number.isFinite(arm.mean)) throw new RangeError(`The mean must be a finite number, not ${arm.mean}.`);
  if (!(arm.standardError >= 0 && Number.isFinite(arm.standardError))) {
    throw new RangeError(`The standard error must be at least 0, not ${arm.standardError}.`);
  }
}

import { asymptoticConfidenceSequence } from '../statistics/asymptotic-confidence-sequence';
import { absoluteLift, type LiftEstimate, relativeLift } from '../statistics/lift';
import { withPooledSpread } from '../statistics/pooled-spread';
import { chanceToWin, expectedLoss } from '../statistics/posterior';
import type { ArmEstimate } from '../statistics/ratio-of-sums';
import type { MetricDirection } from './metric';
import type { Interval } from './metric-result';

export interface ComparisonOptions {
  readonly alpha: number;
  readonly direction: MetricDirection;
  readonly leastUnits: number;
}

export interface Comparison {
  readonly absoluteLift: Interval;
  /** Null when the control's mean is 0, or so small that a share of it is not a number. */
  readonly relativeLift: Interval | null;
  readonly pValue: number;
  readonly chanceToWin: number;
  readonly expectedLoss: number;
}

/** A spread below this share of the mean cannot be told from the rounding of sums of squares (see the bound of `ratioOfSums`). */
const leastSpread = 1e-6;

/**
 * A treatment against the control, by an always-valid interval on the difference and on its share of the control's mean. Null when
 * an arm has fewer than the least units, or when nothing varies: an estimated spread of 0 is a lack of evidence, not certainty.
 */
export function compareArms(control: ArmEstimate, treatment: ArmEstimate, options: ComparisonOptions): Comparison | null {
  const { alpha, direction, leastUnits } = options;
  if (Math.min(control.units, treatment.units) < leastUnits) return null;
  if (!varies(control) && !varies(treatment)) return null;
  // A small arm that has not met a rare event understates its spread; without this an unequal split breaks alpha.
  const arms = withPooledSpread({ control, treatment });
  const difference = absoluteLift(arms.control, arms.treatment);
  const sampleSize = control.units + treatment.units;
  const sequence = (lift: LiftEstimate) => {
    const look = asymptoticConfidenceSequence({ ...lift, sampleSize, alpha });
    return { interval: { estimate: lift.estimate, lower: look.lower, upper: look.upper, level: 1 - alpha }, pValue: look.pValue };
  };
  const relative = relativeLift(arms.control, arms.treatment);
  const { interval, pValue } = sequence(difference);
  // What is better when lower wins by being lower.
  const gain = direction === 'higher' ? difference : { ...difference, estimate: -difference.estimate };
  return {
    absoluteLift: interval,
    relativeLift: relative && isUsable(relative) ? sequence(relative).interval : null,
    pValue,
    chanceToWin: chanceToWin(gain),
    expectedLoss: expectedLoss(gain),
  };
}

function varies({ mean, standardError, units }: ArmEstimate): boolean {
  return standardError * Math.sqrt(units) > leastSpread * Math.abs(mean);
}

/** A treatment that is 0 throughout has a share of exactly -1 by the delta method, which says nothing of how certain that is. */
function isUsable({ estimate, standardError }: LiftEstimate): boolean {
  return Number.isFinite(estimate) && Number.isFinite(standardError) && standardError > 0;
}

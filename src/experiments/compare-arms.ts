import { asymptoticConfidenceSequence } from '../statistics/asymptotic-confidence-sequence';
import { absoluteLift, type LiftEstimate, relativeLift } from '../statistics/lift';
import { normalQuantile } from '../statistics/normal-distribution';
import { withPooledSpread } from '../statistics/pooled-spread';
import { chanceToWin, expectedLoss } from '../statistics/posterior';
import type { ArmEstimate } from '../statistics/ratio-of-sums';
import { welchDegreesOfFreedom, welchTest } from '../statistics/welch-test';
import type { AnalysisMethod } from './experiment';
import type { MetricDirection } from './metric';
import type { Interval } from './metric-result';

export interface ComparisonOptions {
  readonly method: AnalysisMethod;
  readonly alpha: number;
  readonly direction: MetricDirection;
  readonly leastUnits: number;
}

export interface Comparison {
  readonly absoluteLift: Interval;
  /** Null when the control's mean is 0, or so small that a share of it is not a number. */
  readonly relativeLift: Interval | null;
  /** Null: the method has none. */
  readonly pValue: number | null;
  readonly chanceToWin: number;
  readonly expectedLoss: number;
}

/** What a method makes of a lift. */
interface Reading {
  readonly lower: number;
  readonly upper: number;
  readonly pValue: number | null;
}

/** Below this share of the mean a spread cannot be told from the rounding of sums of squares (see the bound of `ratioOfSums`). */
const leastSpread = 1e-6;

/**
 * A treatment against the control, by the method of the plan, on the difference and on its share of the control's mean. Null when
 * an arm has fewer than the least units, or when nothing varies: an estimated spread of 0 is a lack of evidence, not certainty.
 */
export function compareArms(control: ArmEstimate, treatment: ArmEstimate, options: ComparisonOptions): Comparison | null {
  const { alpha, direction, leastUnits, method } = options;
  if (Math.min(control.units, treatment.units) < leastUnits) return null;
  if (!varies(control) && !varies(treatment)) return null;
  // A small arm that has not met a rare event understates its spread; without this an unequal split breaks alpha.
  const arms = method === 'FIXED_HORIZON' ? { control, treatment } : withPooledSpread({ control, treatment });
  const read = (lift: LiftEstimate) => readers[method](lift, arms, alpha);
  const interval = (lift: LiftEstimate): Interval => {
    const { lower, upper } = read(lift);
    return { estimate: lift.estimate, lower, upper, level: 1 - alpha };
  };
  const difference = absoluteLift(arms.control, arms.treatment);
  const relative = relativeLift(arms.control, arms.treatment);
  // What is better when lower wins by being lower.
  const gain = direction === 'higher' ? difference : { ...difference, estimate: -difference.estimate };
  return {
    absoluteLift: interval(difference),
    relativeLift: relative && isUsable(relative) ? interval(relative) : null,
    pValue: read(difference).pValue,
    chanceToWin: chanceToWin(gain),
    expectedLoss: expectedLoss(gain),
  };
}

interface Arms {
  readonly control: ArmEstimate;
  readonly treatment: ArmEstimate;
}

const readers: Readonly<Record<AnalysisMethod, (lift: LiftEstimate, arms: Arms, alpha: number) => Reading>> = {
  ALWAYS_VALID: (lift, { control, treatment }, alpha) =>
    asymptoticConfidenceSequence({ ...lift, sampleSize: control.units + treatment.units, alpha }),
  FIXED_HORIZON: (lift, { control, treatment }, alpha) =>
    welchTest({ lift, degreesOfFreedom: welchDegreesOfFreedom(control, treatment), alpha }),
  // Flat prior: the posterior is N(estimate, SE^2), and the interval holds it with probability 1 - alpha.
  BAYESIAN: ({ estimate, standardError }, _, alpha) => {
    const halfWidth = -normalQuantile(alpha / 2) * standardError;
    return { lower: estimate - halfWidth, upper: estimate + halfWidth, pValue: null };
  },
};

function varies({ mean, standardError, units }: ArmEstimate): boolean {
  return standardError * Math.sqrt(units) > leastSpread * Math.abs(mean);
}

/** A treatment that is 0 throughout has a share of exactly -1 by the delta method, which says nothing of how certain that is. */
function isUsable({ estimate, standardError }: LiftEstimate): boolean {
  return Number.isFinite(estimate) && Number.isFinite(standardError) && standardError > 0;
}

import { anytimeDifference, type ShapedArm } from '../statistics/anytime-difference';
import { anytimeRelativeDifference } from '../statistics/anytime-relative-difference';
import { adjustedRelativeLift } from '../statistics/cuped';
import { absoluteLift, type LiftEstimate, relativeLift } from '../statistics/lift';
import { normalQuantile } from '../statistics/normal-distribution';
import { withPooledSpread } from '../statistics/pooled-spread';
import { chanceToWin, expectedLoss } from '../statistics/posterior';
import { isAdjusted } from '../statistics/shaped-cuped';
import { welchDegreesOfFreedom, welchTest } from '../statistics/welch-test';
import { armVaries } from './arm-varies';
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
  /** Null when the control's mean is 0, or cannot be told from 0, so that any share of it is possible. */
  readonly relativeLift: Interval | null;
  /** Null: the method has none. */
  readonly pValue: number | null;
  readonly chanceToWin: number;
  readonly expectedLoss: number;
}

/** What a method makes of two arms. */
interface Reading {
  readonly lower: number;
  readonly upper: number;
  readonly pValue: number | null;
  readonly relative: Pick<Interval, 'estimate' | 'lower' | 'upper'> | null;
}

/**
 * A treatment against the control, by the method of the plan, on the difference and on its share of the control's mean. Null when
 * an arm has fewer than the least units, or when nothing varies: an estimated spread of 0 is a lack of evidence, not certainty. Both arms are adjusted
 * (`shapedCuped`) or none is.
 */
export function compareArms(control: ShapedArm, treatment: ShapedArm, options: ComparisonOptions): Comparison | null {
  const { alpha, direction, leastUnits, method } = options;
  if (Math.min(control.units, treatment.units) < leastUnits) return null;
  if (!armVaries(control) && !armVaries(treatment)) return null;
  const { lower, upper, pValue, relative } = readers[method]({ control, treatment }, alpha);
  // A small arm that has not met a rare event understates its spread.
  const arms = method === 'FIXED_HORIZON' ? { control, treatment } : withPooledSpread({ control, treatment });
  const difference = absoluteLift(arms.control, arms.treatment);
  // What is better when lower wins by being lower.
  const gain = direction === 'higher' ? difference : { ...difference, estimate: -difference.estimate };
  const isBounded = relative !== null && Number.isFinite(relative.lower) && Number.isFinite(relative.upper);
  return {
    absoluteLift: { estimate: difference.estimate, lower, upper, level: 1 - alpha },
    relativeLift: isBounded ? { ...relative, level: 1 - alpha } : null,
    pValue,
    chanceToWin: chanceToWin(gain),
    expectedLoss: expectedLoss(gain),
  };
}

interface Arms {
  readonly control: ShapedArm;
  readonly treatment: ShapedArm;
}

const readers: Readonly<Record<AnalysisMethod, (arms: Arms, alpha: number) => Reading>> = {
  ALWAYS_VALID: ({ control, treatment }, alpha) => ({
    ...anytimeDifference(control, treatment, { alpha }),
    relative: anytimeRelativeDifference(control, treatment, { alpha }),
  }),
  FIXED_HORIZON: (arms, alpha) => {
    const degreesOfFreedom = welchDegreesOfFreedom(arms.control, arms.treatment);
    return readLifts(arms, (lift) => welchTest({ lift, degreesOfFreedom, alpha }));
  },
  // Flat prior: the posterior is N(estimate, SE^2), and the interval holds it with probability 1 - alpha.
  BAYESIAN: (arms, alpha) =>
    readLifts(withPooledSpread(arms), ({ estimate, standardError }) => {
      const halfWidth = -normalQuantile(alpha / 2) * standardError;
      return { lower: estimate - halfWidth, upper: estimate + halfWidth, pValue: null };
    }),
};

/** By a normal approximation of the difference, and of its share of the control's mean by the delta method. */
function readLifts({ control, treatment }: Arms, read: (lift: LiftEstimate) => Omit<Reading, 'relative'>): Reading {
  const relative =
    isAdjusted(control) && isAdjusted(treatment)
      ? adjustedRelativeLift(control, treatment, control.variable)
      : relativeLift(control, treatment);
  const { lower, upper, pValue } = read(absoluteLift(control, treatment));
  return { lower, upper, pValue, relative: relative && isUsable(relative) ? { ...read(relative), estimate: relative.estimate } : null };
}

/** A treatment that is 0 throughout has a share of exactly -1 by the delta method, which says nothing of how certain that is. */
function isUsable({ estimate, standardError }: LiftEstimate): boolean {
  return Number.isFinite(estimate) && Number.isFinite(standardError) && standardError > 0;
}

import type { ShapedArm } from './anytime-difference';
import { type AdjustedArm, cuped } from './cuped';
import { type LinearForm, linearisedForm, meanOfProduct, type TripleSums } from './linear-form';
import type { RatioVariable } from './linearised-moments';
import type { MomentMatrix } from './moment-matrix';
import type { ArmEstimate } from './ratio-of-sums';

/** All sums of products up to the third degree over the units of one arm. */
export interface ArmMoments {
  readonly moments: MomentMatrix;
  readonly triples: TripleSums;
}

/** An adjusted arm with its shape, which the ANYTIME procedure corrects for. */
export interface ShapedAdjustedArm extends AdjustedArm, ShapedArm {
  /** What was adjusted. */
  readonly variable: RatioVariable;
  readonly thirdMoment: number;
  /** With A and B one unit's adjusted and unadjusted deviation from the mean: the means of A A B, A B B and B B B. */
  readonly crossThirdMoments: readonly [number, number, number];
}

export interface ShapedAdjustment {
  /** In the order of the input. */
  readonly arms: readonly ShapedAdjustedArm[];
  /** As of `cuped`. */
  readonly varianceRemoved: number;
}

/**
 * `cuped` with one covariate, and the third moments of what it leaves: a unit's A = Y - theta X of the linearised Y and X. Without them the intervals of a
 * skewed metric would hold less after the adjustment than before it.
 *
 * @returns null as `cuped`, and when the covariate does not vary.
 * @throws RangeError as `cuped`.
 * @example shapedCuped([control, treatment], { metric: { numerator: 1, denominator: 0 }, covariate: { numerator: 2, denominator: 0 } });
 */
export function shapedCuped(
  arms: readonly ArmMoments[],
  { metric, covariate }: { readonly metric: RatioVariable; readonly covariate: RatioVariable },
): ShapedAdjustment | null {
  const adjustment = cuped(
    arms.map(({ moments }) => moments),
    { metric, covariates: [covariate] },
  );
  if (!adjustment || adjustment.dropped.length > 0) return null;
  const [theta = 0] = adjustment.theta;
  const shaped = adjustment.arms.map((arm, at): ShapedAdjustedArm => {
    const { moments, triples } = arms[at] as ArmMoments;
    // Both are there, or there were no adjustment.
    const [unit, before] = [metric, covariate].map((variable) => linearisedForm(moments, variable) ?? []) as [LinearForm, LinearForm];
    const rest = unit.map((coefficient, position) => coefficient - theta * (before[position] as number));
    const third = (...forms: [LinearForm, LinearForm, LinearForm]) => meanOfProduct(moments.units, forms, triples);
    return {
      ...arm,
      variable: metric,
      thirdMoment: third(rest, rest, rest),
      crossThirdMoments: [third(rest, rest, unit), third(rest, unit, unit), third(unit, unit, unit)],
    };
  });
  return { arms: shaped, varianceRemoved: adjustment.varianceRemoved };
}

export function isAdjusted(arm: ArmEstimate): arm is ShapedAdjustedArm {
  return 'crossThirdMoments' in arm;
}

/**
 * The same arm as if its estimate stood on another number of units: standard errors stay, third moments of the mean too. A ratio's adjustment runs over all
 * exposed units, those without a denominator included, whereas its sequence is timed by those that have one.
 */
export function onUnits(arm: ShapedAdjustedArm, units: number): ShapedAdjustedArm {
  const factor = (units / arm.units) ** 2;
  const [first, second, third] = arm.crossThirdMoments;
  return {
    ...arm,
    units,
    thirdMoment: arm.thirdMoment * factor,
    crossThirdMoments: [first * factor, second * factor, third * factor],
  };
}

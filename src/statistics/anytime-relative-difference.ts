import { type AnytimeOptions, anytimeDifference, type ShapedArm } from './anytime-difference';
import { baseOf, bestKnownShare, controlPlus } from './control-contrast';
import { type RelativeInterval, relativeInterval } from './relative-interval';

/**
 * One look of the ANYTIME procedure for the relative difference, by Fieller's argument (`relativeInterval`): it holds every share r with which
 * treatment - control - r |control| cannot be told from 0 by `anytimeDifference`. At r = 0 that is the absolute difference, so it excludes 0 exactly when
 * that one does, and p is the same.
 *
 * Why not the delta method: it takes the control's mean as well known. With 2% in both arms, 200 looks from 30 units an arm on, its interval
 * (`relativeLift` with the asymptotic sequence) excluded the truth in 10% of A/A runs at alpha = 0.05, and in 20% with a tenth of the units in
 * the control; this one in 1.5% and 0.1%.
 *
 * An adjusted control (`shapedCuped`) is adjusted where it is a difference and not where it is the base, |control|: see `controlPlus`.
 *
 * @returns null when the control's mean is 0: there is nothing to be relative to.
 * @throws RangeError as `anytimeDifference`.
 * @example anytimeRelativeDifference({ mean: 0.1, standardError: 0.002, units: 900 }, { mean: 0.12, standardError: 0.002, units: 900 }, { alpha: 0.05 });
 */
export function anytimeRelativeDifference(control: ShapedArm, treatment: ShapedArm, options: AnytimeOptions): RelativeInterval | null {
  const base = baseOf(control);
  if (base === 0) return null;
  return relativeInterval({
    base,
    difference: treatment.mean - control.mean,
    bestKnownShare: bestKnownShare(control),
    intervalAt: (share) => anytimeDifference(controlPlus(control, share), treatment, options),
  });
}

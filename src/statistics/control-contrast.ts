import type { ShapedArm } from './anytime-difference';
import { isAdjusted } from './shaped-cuped';

/**
 * The control and a share of its mean on top, c + k c, as an arm: what a treatment is held against when k of the control's mean is given or tolerated.
 *
 * Of an adjusted control only differences say something, so the share is one of its unadjusted mean: c_a + k c_u. Both are of the same units, SE^2 =
 * SE_a^2 + 2 k Cov(a, u) + k^2 SE_u^2, and the third moment of A + k B likewise. For a control without adjustment a = u, and it is the factor 1 + k.
 *
 * @example controlPlus({ mean: 10, standardError: 1, units: 50 }, 0.1); // mean 11, standard error 1.1
 */
export function controlPlus(control: ShapedArm, share: number): ShapedArm {
  const { mean, standardError, units, thirdMoment = 0 } = control;
  if (!isAdjusted(control)) {
    const factor = 1 + share;
    return { mean: mean * factor, standardError: standardError * Math.abs(factor), units, thirdMoment: thirdMoment * factor ** 3 };
  }
  const { unadjusted, covariance, crossThirdMoments } = control;
  const variance = standardError ** 2 + share * (2 * covariance + share * unadjusted.standardError ** 2);
  const [first, second, third] = crossThirdMoments;
  return {
    mean: mean + share * unadjusted.mean,
    standardError: Math.sqrt(Math.max(0, variance)),
    units,
    thirdMoment: thirdMoment + share * (3 * first + share * (3 * second + share * third)),
  };
}

/** What shares of the control's mean refer to: its mean as it was measured. */
export function baseOf(control: ShapedArm): number {
  return isAdjusted(control) ? control.unadjusted.mean : control.mean;
}

/** The share at which `controlPlus` is known best; -1, where nothing is left of it, for a control without adjustment. */
export function bestKnownShare(control: ShapedArm): number {
  if (!isAdjusted(control) || control.unadjusted.standardError === 0) return -1;
  return -control.covariance / control.unadjusted.standardError ** 2;
}

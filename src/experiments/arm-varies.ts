import type { ShapedArm } from '../statistics/anytime-difference';
import { isAdjusted } from '../statistics/shaped-cuped';

/** Below this share of the mean a spread cannot be told from the rounding of sums of squares (see the bound of `ratioOfSums`). */
export const leastSpread = 1e-6;

/**
 * Whether an arm's units differ by more than rounding. What does not vary has an error of 0 on paper and says nothing of how certain its mean is. An adjusted arm
 * varies when something is left that the covariate does not foretell.
 */
export function armVaries(arm: ShapedArm): boolean {
  const { mean, standardError, units } = arm;
  if (isAdjusted(arm)) return armVaries(arm.unadjusted) && standardError > leastSpread * arm.unadjusted.standardError;
  return standardError * Math.sqrt(units) > leastSpread * Math.abs(mean);
}

import { type ArmPlan, plannedStandardError } from './arm-plan';
import type { DetectionGoal } from './minimum-detectable-effect';
import { powerOf } from './power';

/** More units than this are none that anyone has. */
const mostUnits = 2 ** 50;

/**
 * The smallest whole number of units in each of two equal arms at which the test finds a relative effect with the given probability: power
 * at n is at least the goal, and at n - 1 below it. By doubling and bisection, since power rises with n for every kind of test.
 *
 * @returns null when 2^50 do not suffice, as for an effect of 0.
 * @throws RangeError when power is not between alpha and 1, and as `powerOf` and `plannedStandardError`.
 * @example requiredUnitsPerArm({ mean: 0.1, variance: 0.09 }, 0.05, goal); // 59,409 at alpha 0.05, power 0.8, a fixed horizon
 */
export function requiredUnitsPerArm(
  metric: Pick<ArmPlan, 'mean' | 'variance'>,
  relativeEffect: number,
  { alpha, power, test }: DetectionGoal,
): number | null {
  if (!(power > alpha && power < 1)) throw new RangeError(`The power must lie between alpha and 1, not at ${power}.`);
  const isEnough = (unitsPerArm: number) => {
    const standardError = plannedStandardError({ ...metric, unitsPerArm }, relativeEffect);
    return powerOf({ effect: relativeEffect, standardError, sampleSize: 2 * unitsPerArm, alpha, test }) >= power;
  };
  let high = 1;
  while (!isEnough(high)) {
    if (high >= mostUnits) return null;
    high *= 2;
  }
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

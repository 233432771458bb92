import { absoluteLift, type LiftEstimate } from './lift';
import type { ArmEstimate } from './ratio-of-sums';

/** The units that are in both of two experiments, by their arms: `control` of A and `treatment` of B is `onlyB`. */
export interface FactorialArms {
  readonly neither: ArmEstimate;
  readonly onlyA: ArmEstimate;
  readonly onlyB: ArmEstimate;
  readonly both: ArmEstimate;
}

/**
 * Does the effect of A depend on the arm of B? Difference in differences (both - onlyB) - (onlyA - neither), in the metric's unit, SE^2 the
 * sum of the four. Test it like any lift, corrected for the number of pairs of experiments looked at; four arms have 16 times the variance
 * for an interaction of half the size of an effect. When it is 0 each experiment may be read as if the other were not there.
 *
 * @example
 * const arm = (mean: number) => ({ mean, standardError: 0.1, units: 100 });
 * factorialInteraction({ neither: arm(5), onlyA: arm(5.2), onlyB: arm(5.1), both: arm(5.5) }).standardError; // 0.2
 */
export function factorialInteraction({ neither, onlyA, onlyB, both }: FactorialArms): LiftEstimate {
  const withB = absoluteLift(onlyB, both);
  const withoutB = absoluteLift(neither, onlyA);
  return { estimate: withB.estimate - withoutB.estimate, standardError: Math.hypot(withB.standardError, withoutB.standardError) };
}

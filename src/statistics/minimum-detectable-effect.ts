import { type ArmPlan, effectAtDistance, plannedStandardError } from './arm-plan';
import { sequentialCriticalValue } from './asymptotic-confidence-sequence';
import { normalQuantile } from './normal-distribution';
import { type PlannedTest, powerOf } from './power';

export interface DetectionGoal {
  /** Two-sided. */
  readonly alpha: number;
  /** Above alpha, below 1. */
  readonly power: number;
  readonly test: PlannedTest;
}

/** With a prior, relative effects are looked for between a millionth and a hundred thousand per cent. */
const smallestEffect = 1e-8;
const largestEffect = 1e3;

/**
 * The smallest positive relative effect that the test finds with the given probability: 0.05 is 5%. At a fixed horizon and for an
 * always-valid test it is `effectAtDistance` c + z(power) in closed form, which leaves out the chance of a significant result in the wrong
 * direction (below 1e-6 at alpha = 0.05 and power 0.8, so that the effect is that little too large); with a prior it is the root of
 * `powerOf` by bisection, to the last digits.
 *
 * @returns null when no effect suffices: there are too few units. 0 when a prior alone already suffices.
 * @throws RangeError when power is not between alpha and 1, and as `powerOf` and `plannedStandardError`.
 * @example minimumDetectableEffect({ mean: 0.1, variance: 0.09, unitsPerArm: 1500 }, goal); // 0.3676... at alpha 0.05, power 0.8
 */
export function minimumDetectableEffect(plan: ArmPlan, { alpha, power, test }: DetectionGoal): number | null {
  if (!(power > alpha && power < 1)) throw new RangeError(`The power must lie between alpha and 1, not at ${power}.`);
  const sampleSize = 2 * plan.unitsPerArm;
  switch (test.kind) {
    case 'FIXED_HORIZON':
      return effectAtDistance(plan, normalQuantile(power) - normalQuantile(alpha / 2));
    case 'ALWAYS_VALID': {
      const critical = sequentialCriticalValue({ sampleSize, alpha, tuningSampleSize: test.tuningSampleSize });
      return effectAtDistance(plan, critical + normalQuantile(power));
    }
    case 'BAYESIAN':
      return lowestRoot(
        (effect) => powerOf({ effect, standardError: plannedStandardError(plan, effect), sampleSize, alpha, test }) - power,
      );
  }
}

/**
 * The first root above 0. Power falls again for effects so large that a narrow prior does not believe them, hence steps of a tenth and not
 * a bisection of everything.
 */
function lowestRoot(excess: (effect: number) => number): number | null {
  if (excess(0) >= 0) return 0;
  let low = 0;
  let high = smallestEffect;
  while (excess(high) < 0) {
    if (high >= largestEffect) return null;
    low = high;
    high *= 1.1;
  }
  for (let step = 0; step < 100 && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (excess(middle) < 0) low = middle;
    else high = middle;
  }
  return high;
}

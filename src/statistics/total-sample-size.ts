import { normalQuantile } from './normal-distribution';

/** What a fixed-horizon test shall see. Units are units of randomisation. */
export interface TestPlan {
  /** False alarms, of both sides together when two-sided; 0 < alpha < 1. */
  readonly alpha: number;
  /** Probability to see the effect when it is there, 0 < power < 1. */
  readonly power: number;
  readonly isTwoSided: boolean;
}

export interface ExpectedVariances {
  /** Variance of one unit in the control, in the metric's unit squared. */
  readonly control: number;
  /** The same in the treatment if the effect is there; p (1 - p) of a proportion changes with p. */
  readonly treatment: number;
}

/**
 * Units in all arms together so that the test of one treatment against the control has the power: with k = control weight / treatment weight,
 * n_t = (z_alpha + z_power)^2 (v_c / k + v_t) / effect^2, rounded up, and the total is that divided by the treatment's share. Of several
 * treatments the largest total holds. Normal approximation: too small by about z^2 / 2 units where a t test is used. For arms of unequal
 * weight, one-sided tests and margins, effects being absolute; `requiredUnitsPerArm` is for equal arms, a relative lift and other tests.
 *
 * @param effect the difference that must not be missed, in the metric's unit; with a non-inferiority margin, what it leaves: the true
 * difference + margin. @param weights of the control, of the treatment, and of all arms.
 * @returns Infinity for an effect of 0.
 * @throws RangeError when alpha or power is not between 0 and 1, a variance is negative, or a weight is not above 0.
 * @example
 * const plan = { alpha: 0.05, power: 0.8, isTwoSided: true };
 * totalSampleSize(plan, 0.1, { control: 1, treatment: 1 }, { control: 1, treatment: 1, all: 2 }); // 3140
 */
export function totalSampleSize(plan: TestPlan, effect: number, variances: ExpectedVariances, weights: PlannedWeights): number {
  requireWeights(weights);
  if (![variances.control, variances.treatment].every((variance) => Number.isFinite(variance) && variance >= 0)) {
    throw new RangeError('A variance must be at least 0.');
  }
  if (Number.isNaN(effect)) throw new RangeError('The effect must be a number.');
  if (effect === 0) return Number.POSITIVE_INFINITY;
  const varianceOfPair = (variances.control / weights.control) * weights.treatment + variances.treatment;
  const unitsOfTreatment = Math.ceil((quantileSum(plan) / effect) ** 2 * varianceOfPair);
  return Math.ceil((unitsOfTreatment * weights.all) / weights.treatment);
}

export interface PlannedWeights {
  readonly control: number;
  readonly treatment: number;
  readonly all: number;
}

/**
 * The weights that need the fewest units in all arms together for the comparison of each of T equal treatments with the control: control
 * sqrt(T v_c / v_t) to 1, the control being in every comparison. They sum to 1.
 *
 * @throws RangeError when there is no treatment or a variance is not above 0.
 * @example optimalWeights({ control: 1, treatment: 1 }, 4); // control 1/3, treatment 1/6
 */
export function optimalWeights({ control, treatment }: ExpectedVariances, treatments: number): PlannedWeights {
  if (!Number.isInteger(treatments) || treatments < 1) throw new RangeError(`There must be at least one treatment, not ${treatments}.`);
  if (![control, treatment].every((variance) => Number.isFinite(variance) && variance > 0)) {
    throw new RangeError('A variance must be above 0.');
  }
  const ratio = Math.sqrt((treatments * control) / treatment);
  const share = 1 / (ratio + treatments);
  return { control: ratio * share, treatment: share, all: 1 };
}

/**
 * The smallest difference above 0 that a number of units shows with the power of the plan, both arms having the variance of the control. In
 * the metric's unit.
 *
 * @param units in all arms. @returns Infinity for 0 units.
 * @throws RangeError as `totalSampleSize`, or when units is negative.
 * @example
 * const plan = { alpha: 0.05, power: 0.8, isTwoSided: true };
 * detectableDifference(plan, 3140, 1, { control: 1, treatment: 1, all: 2 }); // 0.0999...
 */
export function detectableDifference(plan: TestPlan, units: number, variance: number, weights: PlannedWeights): number {
  requireWeights(weights);
  requireUnits(units);
  if (!(variance >= 0)) throw new RangeError(`A variance must be at least 0, not ${variance}.`);
  return quantileSum(plan) * Math.sqrt((variance * weights.all * (1 / weights.control + 1 / weights.treatment)) / units);
}

/**
 * The same for the rise of a proportion, whose variance changes with it: the root d > 0 of n d^2 = z^2 w (p (1 - p) / w_c + q (1 - q) / w_t),
 * q = p + d, a quadratic.
 *
 * @returns null when no rise up to 1 - p would be seen.
 * @throws RangeError as `detectableDifference`, or when the proportion is not between 0 and 1.
 */
export function detectableRise(plan: TestPlan, units: number, proportion: number, weights: PlannedWeights): number | null {
  requireWeights(weights);
  requireUnits(units);
  if (!(proportion >= 0 && proportion <= 1)) throw new RangeError(`A proportion must lie between 0 and 1, not ${proportion}.`);
  const scale = quantileSum(plan) ** 2 * weights.all;
  // a d^2 - b d - c = 0 with q (1 - q) = p (1 - p) + d (1 - 2 p) - d^2.
  const a = units + scale / weights.treatment;
  const b = (scale / weights.treatment) * (1 - 2 * proportion);
  const c = scale * proportion * (1 - proportion) * (1 / weights.control + 1 / weights.treatment);
  const root = Math.sqrt(b * b + 4 * a * c);
  const rise = b >= 0 ? (b + root) / (2 * a) : (2 * c) / (root - b);
  return rise <= 1 - proportion ? rise : null;
}

function quantileSum({ alpha, power, isTwoSided }: TestPlan): number {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  if (!(power > 0 && power < 1)) throw new RangeError(`The power must lie between 0 and 1, not ${power}.`);
  return normalQuantile(power) - normalQuantile(isTwoSided ? alpha / 2 : alpha);
}

function requireUnits(units: number): void {
  if (!(units >= 0)) throw new RangeError(`The number of units must be at least 0, not ${units}.`);
}

function requireWeights({ control, treatment, all }: PlannedWeights): void {
  const isPositive = (weight: number) => weight > 0 && Number.isFinite(weight);
  if (![control, treatment, all].every(isPositive)) throw new RangeError('Every weight must be above 0.');
}

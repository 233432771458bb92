/** What is known of a metric before the experiment, and how many units each of two equal arms will get. */
export interface ArmPlan {
  /** Of the control, in the metric's unit; not 0, since effects are relative to it. */
  readonly mean: number;
  /** Of one unit, in the metric's unit squared, taken to be the same in both arms: p (1 - p) for a proportion. */
  readonly variance: number;
  /** At least 1. */
  readonly unitsPerArm: number;
}

/**
 * The standard error that a relative lift of this size will have: sqrt(variance / n (1 + (1 + effect)^2)) / |mean|, the delta method of
 * `relativeLift` at the planned means.
 *
 * @throws RangeError when the mean is 0, the variance not above 0, the units not above 0 or a number not finite.
 * @example plannedStandardError({ mean: 0.1, variance: 0.09, unitsPerArm: 1500 }, 0.05); // 0.1123...
 */
export function plannedStandardError(plan: ArmPlan, relativeEffect: number): number {
  requirePlan(plan);
  if (!Number.isFinite(relativeEffect)) throw new RangeError(`The effect must be a finite number, not ${relativeEffect}.`);
  return (Math.sqrt(plan.variance / plan.unitsPerArm) / Math.abs(plan.mean)) * Math.hypot(1, 1 + relativeEffect);
}

/**
 * The positive relative effect that lies `distance` of its own standard errors from 0, the root of e = distance x
 * `plannedStandardError`(e): with k = distance^2 variance / (n mean^2), e = (k + sqrt(k (2 - k))) / (1 - k).
 *
 * @returns null when no effect is that far: a relative lift has at most sqrt(n) |mean| / sd standard errors, however large it is.
 * @throws RangeError as `plannedStandardError`, and when the distance is not above 0.
 * @example effectAtDistance({ mean: 0.1, variance: 0.09, unitsPerArm: 1500 }, 2.8); // 0.3674...
 */
export function effectAtDistance(plan: ArmPlan, distance: number): number | null {
  requirePlan(plan);
  if (!(distance > 0 && Number.isFinite(distance))) throw new RangeError(`The distance must be above 0, not ${distance}.`);
  const k = (distance * plannedStandardError(plan, -1)) ** 2;
  return k < 1 ? (k + Math.sqrt(k * (2 - k))) / (1 - k) : null;
}

function requirePlan({ mean, variance, unitsPerArm }: ArmPlan): void {
  if (!Number.isFinite(mean) || mean === 0) throw new RangeError(`The control's mean must be a finite number other than 0, not ${mean}.`);
  if (!(variance > 0 && Number.isFinite(variance))) throw new RangeError(`The variance must be above 0, not ${variance}.`);
  if (!(unitsPerArm > 0 && Number.isFinite(unitsPerArm))) throw new RangeError(`The units of an arm must be above 0, not ${unitsPerArm}.`);
}

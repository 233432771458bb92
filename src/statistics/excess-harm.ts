import { baseOf, controlPlus } from './control-contrast';
import type { LiftEstimate } from './lift';
import type { ArmEstimate } from './ratio-of-sums';

export interface HarmTolerance {
  /** Which way is worse for the metric. */
  readonly worse: 'higher' | 'lower';
  /** How much worse the treatment may be, as a share of the control's mean; at least 0. */
  readonly maxRelativeHarm: number;
}

/**
 * By how much the treatment is worse than is tolerated, in the metric's own unit: harm - h |m_c|, where harm is m_t - m_c when higher is worse and
 * m_c - m_t when lower is. Above 0: too much. A contrast of two independent means, so with m_t and k m_c in it SE^2 = SE_t^2 + k^2 SE_c^2;
 * unlike a relative lift it needs no division, and holds for a control whose mean is 0 (no error yet: any error is too much). Of arms that are adjusted
 * (`shapedCuped`) the tolerance is a share of the control's unadjusted mean, and SE^2 is that of `controlPlus`.
 *
 * @throws RangeError when the tolerance is negative or not finite.
 * @example // 8 ms instead of 5, where a tenth more would do: 2.5 ms too much
 * excessHarm({ mean: 5, standardError: 0.1, units: 50 }, { mean: 8, standardError: 0.2, units: 50 }, { worse: 'higher', maxRelativeHarm: 0.1 }).estimate;
 */
export function excessHarm(control: ArmEstimate, treatment: ArmEstimate, { worse, maxRelativeHarm }: HarmTolerance): LiftEstimate {
  if (!(maxRelativeHarm >= 0 && Number.isFinite(maxRelativeHarm)))
    throw new RangeError(`The tolerated harm must be at least 0, not ${maxRelativeHarm}.`);
  const direction = worse === 'higher' ? 1 : -1;
  // harm - h |m_c| = direction * (m_t - (1 + direction * sign * h) * m_c)
  const sign = baseOf(control) < 0 ? -1 : 1;
  const held = controlPlus(control, direction * sign * maxRelativeHarm);
  return {
    estimate: direction * (treatment.mean - held.mean),
    standardError: Math.hypot(treatment.standardError, held.standardError),
  };
}

/**
 * The arm of a metric whose values are 0 and 1, with a spread of its own where none was seen. 30 units that all failed have a standard error of 0,
 * which no test can use; with one success and one failure more, p' = (n p + 1) / (n + 2), it is sqrt(p' (1 - p') / n) (Agresti and Coull's
 * pseudo-observations, one of each). An arm in which something varied comes back as it is.
 *
 * @example withLeastSpread({ mean: 0, standardError: 0, units: 30 }).standardError; // 0.0318
 */
export function withLeastSpread(arm: ArmEstimate): ArmEstimate {
  if (arm.standardError > 0) return arm;
  const share = (arm.units * arm.mean + 1) / (arm.units + 2);
  return { ...arm, standardError: Math.sqrt((share * (1 - share)) / arm.units) };
}

import type { ArmEstimate } from './ratio-of-sums';

export interface LiftEstimate {
  readonly estimate: number;
  readonly standardError: number;
}

/**
 * treatment - control, in the metric's unit; the arms are independent, so SE^2 = SE_t^2 + SE_c^2.
 *
 * Two arms of one and the same constant can differ by rounding of their sums with a standard error of 0, which would look certain. A
 * difference is therefore 0 when it and its standard error are both below the worst rounding of the sums, units x 2^-52 x |mean|.
 */
export function absoluteLift(control: ArmEstimate, treatment: ArmEstimate): LiftEstimate {
  const difference = treatment.mean - control.mean;
  const standardError = Math.hypot(treatment.standardError, control.standardError);
  const rounding = Math.max(meanRounding(control), meanRounding(treatment));
  const estimate = Math.abs(difference) <= rounding && standardError <= rounding ? 0 : difference;
  return { estimate, standardError };
}

/**
 * (treatment - control) / |control|, a share: 0.05 is 5% more. By the delta method SE^2 = SE_t^2 / m_c^2 + SE_c^2 m_t^2 / m_c^4. Source:
 * GrowthBook's gbstats (MIT), `models/tests.py`; the approximation needs a control mean that is several of its standard errors away from
 * 0.
 *
 * @returns null when the control's mean is 0: there is nothing to be relative to.
 */
export function relativeLift(control: ArmEstimate, treatment: ArmEstimate): LiftEstimate | null {
  const base = Math.abs(control.mean);
  if (base === 0) return null;
  const { estimate } = absoluteLift(control, treatment);
  const ratio = treatment.mean / base;
  return { estimate: estimate / base, standardError: Math.hypot(treatment.standardError / base, (control.standardError / base) * ratio) };
}

function meanRounding({ mean, units }: ArmEstimate): number {
  return units * Number.EPSILON * Math.abs(mean);
}

import { type BinnedSample, binnedQuantile, unitsOf } from '../statistics/binned-quantile';
import { binnedQuantileHarm } from '../statistics/binned-quantile-test';
import type { Guardrail, GuardrailResult } from './guardrail';
import type { Metric } from './metric';
import { leastUnits } from './metric-result';

/** A regression shall be found while few units have met it. */
const tuningUnits = 500;

/**
 * A guardrail on a quantile: the treatment's against (1 + h) times the control's (1 - h times, where higher is better), at every look. Each end of
 * the interval holds with probability 1 - alpha also together with the other one. Null: too few units, or a tolerance that cannot be tested.
 */
export function judgeQuantile(
  { maxRelativeHarm }: Guardrail,
  { quantile, direction }: Metric & { readonly quantile: number },
  control: BinnedSample,
  treatment: BinnedSample,
  alpha: number,
): Pick<GuardrailResult, 'state' | 'excessHarm' | 'pValue'> | null {
  const [base, own] = [binnedQuantile(control, quantile), binnedQuantile(treatment, quantile)];
  if (!base || !own || Math.min(unitsOf(control), unitsOf(treatment)) < leastUnits) return null;
  const worse = direction === 'higher' ? 'lower' : 'higher';
  const harm = binnedQuantileHarm(control, treatment, { quantile, alpha, tuningUnits, worse, maxRelativeHarm });
  if (!harm) return null;
  const { lower, upper, pValue } = harm;
  const difference = worse === 'higher' ? own.estimate - base.estimate : base.estimate - own.estimate;
  const isBounded = Number.isFinite(lower) && Number.isFinite(upper);
  return {
    state: lower > 0 ? 'CROSSED' : upper < 0 ? 'CLEARED' : 'HOLDING',
    // One end may be certain before there is another.
    excessHarm: isBounded ? { estimate: difference - maxRelativeHarm * Math.abs(base.estimate), lower, upper, level: 1 - alpha } : null,
    pValue,
  };
}

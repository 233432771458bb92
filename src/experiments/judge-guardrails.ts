import { oneSidedConfidenceSequence } from '../statistics/asymptotic-confidence-sequence';
import { effectiveSampleSize } from '../statistics/effective-sample-size';
import { excessHarm, withLeastSpread } from '../statistics/excess-harm';
import { withPooledSpread } from '../statistics/pooled-spread';
import type { ArmEstimate } from '../statistics/ratio-of-sums';
import type { Arm } from './experiment-health';
import type { Guardrail, GuardrailResult } from './guardrail';
import { judgeQuantile } from './judge-quantile';
import { isShare, type Metric } from './metric';
import { leastUnits } from './metric-result';
import { observeArm, sampleOf } from './observe-arm';

/** A regression shall be found while few units have met it; later looks pay for it with a little width. */
const tuningSampleSize = 500;

/**
 * Every guardrail of every treatment, by one-sided confidence sequences. Alpha is shared out among them (Bonferroni): the probability that any of
 * them is ever CROSSED although no variant is worse than tolerated is at most alpha, and so is that of CLEARED although one is.
 */
export function judgeGuardrails(
  guardrails: readonly Guardrail[],
  metrics: readonly Metric[],
  arms: readonly Arm[],
  alpha: number,
): readonly GuardrailResult[] {
  const control = arms.find(({ variant }) => variant.isControl);
  const treatments = arms.filter(({ variant }) => !variant.isControl);
  if (!control) return [];
  const share = alpha / (guardrails.length * treatments.length);
  return guardrails.flatMap((guardrail) => {
    const metric = metrics.find(({ key }) => key === guardrail.metric);
    if (!metric) return [];
    return treatments.map(({ variant, sums }): GuardrailResult => {
      if (metric.quantile !== null) {
        const judged = { ...metric, quantile: metric.quantile };
        const test = judgeQuantile(guardrail, judged, sampleOf(metric, control.sums), sampleOf(metric, sums), share);
        return { ...guardrail, variant: variant.key, ...(test ?? unknown) };
      }
      const [base, own] = [observeArm(metric, control.sums).estimate, observeArm(metric, sums).estimate];
      const test = base && own ? testHarm(guardrail, metric, { control: base, treatment: own }, share) : null;
      return { ...guardrail, variant: variant.key, ...(test ?? unknown) };
    });
  });
}

const unknown = { state: 'UNKNOWN', excessHarm: null, pValue: null } as const;

type Test = Pick<GuardrailResult, 'state' | 'excessHarm' | 'pValue'>;

function testHarm(
  { maxRelativeHarm }: Guardrail,
  metric: Metric,
  estimates: { readonly control: ArmEstimate; readonly treatment: ArmEstimate },
  alpha: number,
): Test | null {
  if (Math.min(estimates.control.units, estimates.treatment.units) < leastUnits) return null;
  const { control, treatment } = withPooledSpread(isShare(metric) ? bothWithLeastSpread(estimates) : estimates);
  const worse = metric.direction === 'higher' ? 'lower' : 'higher';
  const excess = excessHarm(control, treatment, { worse, maxRelativeHarm });
  if (excess.standardError === 0) return null;
  const sampleSize = effectiveSampleSize(control.units, treatment.units);
  const look = { ...excess, sampleSize, alpha, tuningSampleSize };
  const { lower, pValue } = oneSidedConfidenceSequence({ ...look, alternative: 'GREATER' });
  const { upper } = oneSidedConfidenceSequence({ ...look, alternative: 'LESS' });
  return {
    state: lower > 0 ? 'CROSSED' : upper < 0 ? 'CLEARED' : 'HOLDING',
    excessHarm: { estimate: excess.estimate, lower, upper, level: 1 - alpha },
    pValue,
  };
}

function bothWithLeastSpread({ control, treatment }: { readonly control: ArmEstimate; readonly treatment: ArmEstimate }) {
  return { control: withLeastSpread(control), treatment: withLeastSpread(treatment) };
}

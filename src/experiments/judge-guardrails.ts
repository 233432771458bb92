import type { ShapedArm } from '../statistics/anytime-difference';
import { oneSidedConfidenceSequence } from '../statistics/asymptotic-confidence-sequence';
import { effectiveSampleSize } from '../statistics/effective-sample-size';
import { excessHarm, withLeastSpread } from '../statistics/excess-harm';
import { withPooledSpread } from '../statistics/pooled-spread';
import type { ArmEstimate } from '../statistics/ratio-of-sums';
import { armVaries } from './arm-varies';
import { computable } from './computable';
import { type ArmEstimates, type CupedPlan, estimateArms } from './estimate-arms';
import { noCuped, type Variant } from './experiment';
import type { Arm } from './experiment-health';
import type { Guardrail, GuardrailResult } from './guardrail';
import { judgeQuantile } from './judge-quantile';
import { isShare, type Metric } from './metric';
import { leastUnits } from './metric-result';
import { sampleOf } from './observe-arm';

/** A regression shall be found while few units have met it; later looks pay for it with a little width. */
const tuningSampleSize = 500;

/**
 * Every guardrail of every treatment, by one-sided confidence sequences. Alpha is shared out among them (Bonferroni): the probability that any of
 * them is ever CROSSED although no variant is worse than tolerated is at most alpha, and so is that of CLEARED although one is. Where the plan adjusts the
 * arms, guardrails go by the adjusted ones: what is known of units from before is alike in all arms, so the expected harm is the same, and it is seen earlier.
 */
export function judgeGuardrails(
  guardrails: readonly Guardrail[],
  metrics: readonly Metric[],
  arms: readonly Arm[],
  alpha: number,
  plan: CupedPlan = noCuped,
): readonly GuardrailResult[] {
  const control = arms.find(({ variant }) => variant.isControl);
  const treatments = arms.filter(({ variant }) => !variant.isControl);
  if (!control) return [];
  const share = alpha / (guardrails.length * treatments.length);
  return guardrails.flatMap((guardrail) => {
    const metric = metrics.find(({ key }) => key === guardrail.metric);
    if (!metric) return [];
    const estimates = estimateArms(metric, arms, plan).arms;
    return treatments.map((treatment): GuardrailResult => {
      const test =
        metric.quantile === null
          ? judgeMean(guardrail, metric, estimates, treatment.variant, share)
          : judgeQuantile(
              guardrail,
              { ...metric, quantile: metric.quantile },
              sampleOf(metric, control.sums),
              sampleOf(metric, treatment.sums),
              share,
            );
      return { ...guardrail, variant: treatment.variant.key, ...(test ?? unknown) };
    });
  });
}

function judgeMean(guardrail: Guardrail, metric: Metric, estimates: readonly ArmEstimates[], variant: Variant, alpha: number): Test | null {
  const [control, treatment] = comparable(
    metric,
    estimates.find((one) => one.variant.isControl),
    estimates.find((one) => one.variant === variant),
  );
  return control && treatment ? computable(() => testHarm(guardrail, metric, { control, treatment }, alpha)) : null;
}

/** As they are where an arm of a share did not vary at all: the least spread that it is given then is that of a share, and not of what an adjustment leaves. */
function comparable(metric: Metric, control: ArmEstimates | undefined, treatment: ArmEstimates | undefined) {
  const arms = [control, treatment];
  const isPlain = isShare(metric) && arms.some((arm) => arm?.estimate && !armVaries(arm.estimate));
  return arms.map((arm) => (isPlain ? arm?.estimate : arm?.compared) ?? null) as [ShapedArm | null, ShapedArm | null];
}

const unknown = { state: 'UNKNOWN', excessHarm: null, pValue: null } as const;

type Test = Pick<GuardrailResult, 'state' | 'excessHarm' | 'pValue'>;

function testHarm(
  { maxRelativeHarm }: Guardrail,
  metric: Metric,
  estimates: { readonly control: ShapedArm; readonly treatment: ShapedArm },
  alpha: number,
): Test | null {
  if (Math.min(estimates.control.units, estimates.treatment.units) < leastUnits) return null;
  // What never varied says how it is, and not how certain that is; of a share it is known how rarely it can be otherwise.
  if (!isShare(metric) && !armVaries(estimates.control) && !armVaries(estimates.treatment)) return null;
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

function bothWithLeastSpread({ control, treatment }: { readonly control: ShapedArm; readonly treatment: ShapedArm }) {
  return { control: atLeast(control), treatment: atLeast(treatment) };
}

/** What rounding leaves of no spread is none. */
function atLeast(arm: ShapedArm): ArmEstimate {
  return withLeastSpread(armVaries(arm) ? arm : { ...arm, standardError: 0 });
}

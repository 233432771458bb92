import type { GuardrailResult } from './guardrail';
import type { Metric } from './metric';
import { percent, show } from './say-number';

/** What a crossed guardrail says, in a sentence. */
export function describeCrossed(
  metrics: readonly Metric[],
  { metric, variant, maxRelativeHarm, excessHarm, pValue }: GuardrailResult,
): string {
  const name = nameOf(metrics, metric);
  const howMuch = excessHarm
    ? `by ${show(excessHarm.estimate)} more, at least ${show(excessHarm.lower)} at every look`
    : `p = ${show(pValue ?? 0)}; how much worse is not known yet`;
  return `${name} of ${variant} is worse than the control by more than the ${percent(maxRelativeHarm)} that are tolerated (${howMuch}).`;
}

export function nameOf(metrics: readonly Metric[], key: string): string {
  return metrics.find((metric) => metric.key === key)?.name ?? key;
}

import { comparePairs, pairedEstimates, pairedHarm } from './compare-pairs';
import type { AnalysisPlan, Variant } from './experiment';
import type { Guardrail, GuardrailResult } from './guardrail';
import type { Metric } from './metric';
import { leastUnits } from './metric-result';
import type { ComparedArm } from './metric-results';
import type { PairedArm } from './paired-sums';

interface PairedMetric {
  readonly metric: Metric;
  readonly variants: readonly Variant[];
  readonly arms: readonly PairedArm[];
  readonly analysis: AnalysisPlan;
}

/** One metric of a shadow: every variant on the inputs that it shares with the control, and the control on those of the variant that shares the most. */
export function comparePairedArms({ metric, variants, arms, analysis }: PairedMetric): readonly ComparedArm[] {
  const { alpha, method } = analysis;
  const momentsOf = (key: string) => arms.find(({ variant }) => variant === key)?.moments[metric.key];
  const shared = variants.flatMap(({ key, isControl }) => (isControl ? [] : [momentsOf(key)]));
  const [most] = [...shared].sort((a, b) => (b?.units ?? 0) - (a?.units ?? 0));
  return variants.map((variant): ComparedArm => {
    const moments = variant.isControl ? most : momentsOf(variant.key);
    const estimates = moments ? pairedEstimates(moments) : null;
    const own = estimates?.[variant.isControl ? 'control' : 'treatment'];
    const units = moments?.units ?? 0;
    const present = variant.isControl || !moments ? null : comparePairs(moments, metric, { alpha, method, leastUnits });
    const { mean = null, standardError = null } = own ?? {};
    return { variant, units, mean, standardError, adjustedMean: null, present, unitsInSmallestArm: units };
  });
}

/** Every guardrail of every shadow; alpha is shared out among them as `judgeGuardrails` does. */
export function judgePairedGuardrails(
  guardrails: readonly Guardrail[],
  metrics: readonly Metric[],
  { variants, arms, alpha }: { readonly variants: readonly Variant[]; readonly arms: readonly PairedArm[]; readonly alpha: number },
): readonly GuardrailResult[] {
  const treatments = variants.filter(({ isControl }) => !isControl);
  const share = alpha / (guardrails.length * treatments.length);
  return guardrails.flatMap((guardrail) => {
    const metric = metrics.find(({ key }) => key === guardrail.metric);
    if (!metric) return [];
    return treatments.map(({ key }): GuardrailResult => {
      const moments = arms.find(({ variant }) => variant === key)?.moments[metric.key];
      const test = moments ? pairedHarm(moments, metric, guardrail.maxRelativeHarm, share) : null;
      return { ...guardrail, variant: key, ...(test ?? { state: 'UNKNOWN', excessHarm: null, pValue: null }) };
    });
  });
}

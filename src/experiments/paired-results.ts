import { holmAdjust } from '../statistics/holm-correction';
import { comparePairs, pairedEstimates, pairedHarm } from './compare-pairs';
import type { AnalysisPlan, Variant } from './experiment';
import type { Guardrail, GuardrailResult } from './guardrail';
import type { Metric } from './metric';
import { leastUnits, type MetricResult, type VariantResult } from './metric-result';
import type { PairedArm } from './paired-sums';

interface PairedMetric {
  readonly metric: Metric;
  readonly role: MetricResult['role'];
  readonly variants: readonly Variant[];
  readonly arms: readonly PairedArm[];
  readonly analysis: AnalysisPlan;
}

/** One metric of a shadow: every variant on the inputs that it shares with the control, and the control on those of the variant that shares the most. */
export function pairedMetricResult({ metric, role, variants, arms, analysis }: PairedMetric): MetricResult {
  const { alpha, method } = analysis;
  const treatments = variants.filter(({ isControl }) => !isControl);
  const momentsOf = ({ key }: Variant) => arms.find(({ variant }) => variant === key)?.moments[metric.key];
  const compared = treatments.map((variant) => {
    const moments = momentsOf(variant);
    return { variant, moments, comparison: moments ? comparePairs(moments, metric, { alpha, method, leastUnits }) : null };
  });
  // The family is every treatment from the first look on: one that cannot be compared yet counts as not significant.
  const adjusted = holmAdjust(compared.map(({ comparison }) => comparison?.pValue ?? 1));
  const rows = compared.map(({ variant, moments, comparison }, index): VariantResult => {
    const estimate = moments ? (pairedEstimates(moments)?.treatment ?? null) : null;
    const adjustedPValue = comparison && comparison.pValue !== null ? (adjusted[index] ?? null) : null;
    const isDecided = method !== 'FIXED_HORIZON' || (moments?.units ?? 0) >= analysis.plannedUnitsPerVariant;
    return {
      variant: variant.key,
      isControl: false,
      units: moments?.units ?? 0,
      mean: estimate?.mean ?? null,
      adjustedMean: null,
      standardError: estimate?.standardError ?? null,
      absoluteLift: comparison?.absoluteLift ?? null,
      relativeLift: comparison?.relativeLift ?? null,
      pValue: comparison?.pValue ?? null,
      adjustedPValue,
      chanceToWin: comparison?.chanceToWin ?? null,
      expectedLoss: comparison?.expectedLoss ?? null,
      significant: comparison && isDecided ? isSignificant(comparison.absoluteLift, adjustedPValue, alpha) : null,
    };
  });
  const most = [...compared].sort((a, b) => (b.moments?.units ?? 0) - (a.moments?.units ?? 0))[0]?.moments;
  const own = variants.map((variant) => rows.find((row) => row.variant === variant.key) ?? controlRow(variant, most));
  return { metric: metric.key, role, variants: own, cuped: null };
}

/** As between arms. */
function isSignificant({ lower, upper }: { readonly lower: number; readonly upper: number }, adjustedPValue: number | null, alpha: number) {
  return adjustedPValue === null ? lower > 0 || upper < 0 : adjustedPValue <= alpha;
}

function controlRow({ key }: Variant, moments: PairedArm['moments'][string] | undefined): VariantResult {
  const estimate = moments ? (pairedEstimates(moments)?.control ?? null) : null;
  return {
    variant: key,
    isControl: true,
    units: moments?.units ?? 0,
    mean: estimate?.mean ?? null,
    adjustedMean: null,
    standardError: estimate?.standardError ?? null,
    absoluteLift: null,
    relativeLift: null,
    pValue: null,
    adjustedPValue: null,
    chanceToWin: null,
    expectedLoss: null,
    significant: null,
  };
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

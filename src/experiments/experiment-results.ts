import { holmAdjust } from '../statistics/holm-correction';
import { type Comparison, type ComparisonOptions, compareArms } from './compare-arms';
import { compareQuantiles } from './compare-quantiles';
import { type Decision, decide } from './decision';
import type { AnalysisPlan, Experiment, Variant } from './experiment';
import { type Arm, type ExperimentHealth, experimentHealth } from './experiment-health';
import type { GuardrailResult } from './guardrail';
import { judgeGuardrails } from './judge-guardrails';
import type { Metric } from './metric';
import { leastUnits, type MetricResult, type VariantResult } from './metric-result';
import { type Observation, observeArm, sampleOf } from './observe-arm';
import type { ExperimentSums, VariantSums } from './result-sums';
import type { Segment } from './segment';

export interface ExperimentResults {
  /** Its key. */
  readonly experiment: string;
  readonly asOf: Date;
  readonly ingestLagMs: number;
  readonly validity: 'ANYTIME' | 'FIXED_HORIZON' | 'BAYESIAN';
  /** Null: all units. */
  readonly segment: Segment | null;
  /** Distinct units exposed. */
  readonly units: number;
  readonly health: ExperimentHealth;
  readonly metrics: readonly MetricResult[];
  readonly guardrails: readonly GuardrailResult[];
  readonly decision: Decision;
}

export interface ResultsInput {
  readonly experiment: Experiment;
  readonly metrics: readonly Metric[];
  readonly sums: ExperimentSums;
  readonly now: Date;
  readonly ingestLagMs: number;
  /** Absent: all units. */
  readonly family?: SegmentFamily | null;
}

/** One segment among those of its attribute. Whoever looks at all of them shall not err more often for it. */
export interface SegmentFamily {
  readonly segment: Segment;
  /** How many segments the attribute has. */
  readonly size: number;
}

/** Everything that can be said of an experiment, from its sums alone. */
export function experimentResults({ experiment, metrics, sums, now, ingestLagMs, family }: ResultsInput): ExperimentResults {
  const arms = experiment.variants.map((variant) => ({ variant, sums: sumsOf(sums, variant) }));
  const health = experimentHealth(arms, sums);
  // Bonferroni: all intervals of an attribute's segments hold together.
  const alpha = experiment.analysis.alpha / (family?.size ?? 1);
  const roles = [
    { key: experiment.primaryMetric, role: 'PRIMARY' as const },
    ...experiment.secondaryMetrics.map((key) => ({ key, role: 'SECONDARY' as const })),
    ...guardrailMetrics(experiment).map((key) => ({ key, role: 'GUARDRAIL' as const })),
  ];
  const results = roles.flatMap(({ key, role }) => {
    const metric = metrics.find((one) => one.key === key);
    return metric ? [metricResult(metric, role, arms, { ...experiment.analysis, alpha })] : [];
  });
  const guardrails = judgeGuardrails(experiment.guardrails, metrics, arms, alpha);
  return {
    experiment: experiment.key,
    asOf: now,
    ingestLagMs,
    validity: experiment.analysis.method === 'ALWAYS_VALID' ? 'ANYTIME' : experiment.analysis.method,
    segment: family?.segment ?? null,
    units: arms.reduce((sum, arm) => sum + arm.sums.exposedUnits, 0),
    health,
    metrics: results,
    guardrails,
    decision: family ? segmentsDoNotDecide(family.segment) : decide({ experiment, metrics, results, guardrails, health }),
  };
}

/** Those that are not watched anyway. */
function guardrailMetrics({ guardrails, primaryMetric, secondaryMetrics }: Experiment): readonly string[] {
  return guardrails.map(({ metric }) => metric).filter((key) => key !== primaryMetric && !secondaryMetrics.includes(key));
}

/** The plan has one question, and it is about all units; a segment that looks good is a reason for the next experiment. */
function segmentsDoNotDecide(segment: Segment): Decision {
  return {
    action: 'KEEP_RUNNING',
    variant: null,
    reason: `Units with ${segment} are a part of the experiment; the verdict is about all units.`,
  };
}

function sumsOf(sums: ExperimentSums, { key }: Variant): VariantSums {
  return (
    sums.variants.find((one) => one.variant === key) ?? {
      variant: key,
      exposedUnits: 0,
      predictions: 0,
      labelledPredictions: 0,
      metrics: {},
      histograms: {},
      ripeUnits: {},
    }
  );
}

function metricResult(metric: Metric, role: MetricResult['role'], arms: readonly Arm[], analysis: AnalysisPlan): MetricResult {
  const { alpha, method } = analysis;
  const options = { method, alpha, direction: metric.direction, leastUnits };
  const estimates = arms.map((arm) => ({ ...arm, ...observeArm(metric, arm.sums) }));
  const control = estimates.find((one) => one.variant.isControl);
  const compared = estimates.map((one) => ({
    ...one,
    comparison: one === control || !control ? null : compare(metric, control, one, options),
  }));
  // The family is every treatment from the first look on: one that cannot be compared yet counts as not significant.
  const treatments = compared.filter(({ variant }) => !variant.isControl);
  const adjusted = holmAdjust(treatments.map(({ comparison }) => comparison?.pValue ?? 1));
  const variants = compared.map(({ variant, units, mean, estimate, comparison }): VariantResult => {
    const adjustedPValue =
      comparison && comparison.pValue !== null ? (adjusted[treatments.findIndex((one) => one.variant === variant)] ?? null) : null;
    return {
      variant: variant.key,
      isControl: variant.isControl,
      units,
      mean,
      standardError: estimate?.standardError ?? null,
      absoluteLift: comparison?.absoluteLift ?? null,
      relativeLift: comparison?.relativeLift ?? null,
      pValue: comparison?.pValue ?? null,
      adjustedPValue,
      chanceToWin: comparison?.chanceToWin ?? null,
      expectedLoss: comparison?.expectedLoss ?? null,
      significant: comparison && isReached(analysis, compared) ? isSignificant(comparison, adjustedPValue, alpha) : null,
    };
  });
  return { metric: metric.key, role, variants };
}

function compare(metric: Metric, control: Arm & Observation, treatment: Arm & Observation, options: ComparisonOptions): Comparison | null {
  if (!control.estimate || !treatment.estimate) return null;
  if (metric.quantile === null) return compareArms(control.estimate, treatment.estimate, options);
  return compareQuantiles(sampleOf(metric, control.sums), sampleOf(metric, treatment.sums), { ...options, quantile: metric.quantile });
}

/** Before its planned number of units a test with one look has not taken place. */
function isReached(analysis: AnalysisPlan, arms: readonly { readonly variant: Variant; readonly units: number }[]): boolean {
  if (analysis.method !== 'FIXED_HORIZON') return true;
  return arms.every(({ variant, units }) => (variant.weight === 0 && !variant.isControl) || units >= analysis.plannedUnitsPerVariant);
}

/** Where there is no p-value, the interval says it. */
function isSignificant({ absoluteLift }: Comparison, adjustedPValue: number | null, alpha: number): boolean {
  return adjustedPValue === null ? absoluteLift.lower > 0 || absoluteLift.upper < 0 : adjustedPValue <= alpha;
}

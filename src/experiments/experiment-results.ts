import { holmAdjust } from '../statistics/holm-correction';
import { expectedShares, phasesOf } from './bandit-phases';
import { type BanditStanding, banditStanding } from './bandit-standing';
import { type Comparison, compareArms } from './compare-arms';
import { type Decision, decide } from './decision';
import { estimateArms } from './estimate-arms';
import type { AnalysisPlan, Experiment, Variant } from './experiment';
import { type Arm, type ExperimentHealth, experimentHealth } from './experiment-health';
import { type ExperimentProgress, experimentProgress } from './experiment-progress';
import type { GuardrailResult } from './guardrail';
import { judgeGuardrails } from './judge-guardrails';
import type { Metric } from './metric';
import { leastUnits, type MetricResult, type VariantResult } from './metric-result';
import { judgePairedGuardrails, pairedMetricResult } from './paired-results';
import type { PairedArm } from './paired-sums';
import { noVariantSums } from './phase-sums';
import { preExperimentBias } from './pre-experiment-bias';
import type { ExperimentSums, VariantSums } from './result-sums';
import type { Segment } from './segment';
import { type ShadowReport, shadowReport } from './shadow-report';

export interface ExperimentResults {
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
  /** Of a shadow each variant that answered beside the control; else empty. */
  readonly shadows: readonly ShadowReport[];
  readonly decision: Decision;
  readonly progress: ExperimentProgress;
  /** Null unless it is a bandit, and of a segment. */
  readonly bandit: BanditStanding | null;
}

export interface ResultsInput {
  readonly experiment: Experiment;
  readonly metrics: readonly Metric[];
  readonly sums: ExperimentSums;
  /** Of a shadow: the pairs; absent: it is none. */
  readonly pairs?: readonly PairedArm[] | null;
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
export function experimentResults({ experiment, metrics, sums, pairs, now, ingestLagMs, family }: ResultsInput): ExperimentResults {
  const arms = experiment.variants.map((variant) => armOf(experiment, sums, variant));
  const bias = preExperimentBias(experiment, metrics, arms);
  const shares = promisedShares(experiment, arms);
  const health = experimentHealth(arms, sums, { experiment, now, ingestLagMs, isSegment: Boolean(family), bias, shares });
  // Bonferroni: all intervals of an attribute's segments hold together.
  const alpha = experiment.analysis.alpha / (family?.size ?? 1);
  const roles = [
    { key: experiment.primaryMetric, role: 'PRIMARY' as const },
    ...experiment.secondaryMetrics.map((key) => ({ key, role: 'SECONDARY' as const })),
    ...guardrailMetrics(experiment).map((key) => ({ key, role: 'GUARDRAIL' as const })),
  ];
  const results = roles.flatMap(({ key, role }) => {
    const metric = metrics.find((one) => one.key === key);
    if (!metric) return [];
    const analysis = { ...experiment.analysis, alpha };
    const { variants } = experiment;
    return [pairs ? pairedMetricResult({ metric, role, variants, arms: pairs, analysis }) : metricResult(metric, role, arms, analysis)];
  });
  const guardrails = pairs
    ? judgePairedGuardrails(experiment.guardrails, metrics, { variants: experiment.variants, arms: pairs, alpha })
    : judgeGuardrails(experiment.guardrails, metrics, arms, alpha, experiment.analysis);
  return {
    asOf: now,
    ingestLagMs,
    validity: experiment.analysis.method === 'ALWAYS_VALID' ? 'ANYTIME' : experiment.analysis.method,
    segment: family?.segment ?? null,
    units: arms.reduce((sum, arm) => sum + arm.sums.exposedUnits, 0),
    health,
    metrics: results,
    guardrails,
    shadows: (pairs ?? []).map((arm) => shadowReport(arm, experiment.primaryMetric, predictionsOf(arms))),
    progress: experimentProgress({ experiment, metric: metrics.find(({ key }) => key === experiment.primaryMetric), arms, alpha, now }),
    decision: family ? segmentsDoNotDecide(family.segment) : decide({ experiment, metrics, results, guardrails, health }),
    bandit: family ? null : standingOf(experiment, metrics, arms),
  };
}

function predictionsOf(arms: readonly Arm[]): number {
  return arms.reduce((sum, arm) => sum + arm.sums.predictions, 0);
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

function armOf(experiment: Experiment, sums: ExperimentSums, variant: Variant): Arm {
  const find = (variants: readonly VariantSums[]) => variants.find((one) => one.variant === variant.key) ?? noVariantSums(variant.key);
  const arm = { variant, sums: find(sums.variants) };
  if (!experiment.bandit) return arm;
  return {
    ...arm,
    phases: phasesOf(experiment).map(({ index }) => find(sums.phases?.find(({ phase }) => phase === index)?.variants ?? [])),
  };
}

/** Of a bandit its phases say what was promised; null: the plan does. */
function promisedShares(experiment: Experiment, arms: readonly Arm[]): readonly number[] | null {
  const phases = phasesOf(experiment);
  const unitsOf = (phase: number) => arms.reduce((sum, arm) => sum + (arm.phases?.[phase]?.exposedUnits ?? 0), 0);
  return expectedShares(
    phases,
    phases.map(({ index }) => unitsOf(index)),
  );
}

function standingOf(experiment: Experiment, metrics: readonly Metric[], arms: readonly Arm[]): BanditStanding | null {
  const metric = metrics.find(({ key }) => key === experiment.primaryMetric);
  return experiment.bandit && metric ? banditStanding(experiment.bandit, phasesOf(experiment), metric, arms) : null;
}

function metricResult(metric: Metric, role: MetricResult['role'], arms: readonly Arm[], analysis: AnalysisPlan): MetricResult {
  const { alpha, method } = analysis;
  const { arms: estimates, cuped } = estimateArms(metric, arms, analysis);
  const control = estimates.find((one) => one.variant.isControl)?.compared ?? null;
  const compared = estimates.map((one) => ({
    ...one,
    comparison:
      one.variant.isControl || !control || !one.compared
        ? null
        : compareArms(control, one.compared, { method, alpha, direction: metric.direction, leastUnits }),
  }));
  // The family is every treatment from the first look on: one that cannot be compared yet counts as not significant.
  const treatments = compared.filter(({ variant }) => !variant.isControl);
  const adjusted = holmAdjust(treatments.map(({ comparison }) => comparison?.pValue ?? 1));
  const variants = compared.map(({ variant, units, mean, estimate, adjustedMean, comparison }): VariantResult => {
    const adjustedPValue =
      comparison && comparison.pValue !== null ? (adjusted[treatments.findIndex((one) => one.variant === variant)] ?? null) : null;
    return {
      variant: variant.key,
      isControl: variant.isControl,
      units,
      mean,
      standardError: estimate?.standardError ?? null,
      adjustedMean,
      absoluteLift: comparison?.absoluteLift ?? null,
      relativeLift: comparison?.relativeLift ?? null,
      pValue: comparison?.pValue ?? null,
      adjustedPValue,
      chanceToWin: comparison?.chanceToWin ?? null,
      expectedLoss: comparison?.expectedLoss ?? null,
      significant: comparison && isReached(analysis, compared) ? isSignificant(comparison, adjustedPValue, alpha) : null,
    };
  });
  return { metric: metric.key, role, cuped, variants };
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

import { expectedShares, phasesOf } from './bandit-phases';
import { type BanditStanding, banditStanding } from './bandit-standing';
import { type Comparison, type ComparisonOptions, compareArms } from './compare-arms';
import { compareQuantiles } from './compare-quantiles';
import { computable } from './computable';
import { type Decision, decide } from './decision';
import { type ArmEstimates, estimateArms } from './estimate-arms';
import type { AnalysisPlan, Experiment, Variant } from './experiment';
import { type Arm, type ExperimentHealth, experimentHealth } from './experiment-health';
import { type ExperimentProgress, experimentProgress } from './experiment-progress';
import type { GuardrailResult } from './guardrail';
import { judgeGuardrails } from './judge-guardrails';
import type { LookRow } from './look-store';
import type { Metric } from './metric';
import { leastUnits, type MetricResult } from './metric-result';
import { type ComparedArm, type ComparedMetric, metricResult } from './metric-results';
import { sampleOf } from './observe-arm';
import { comparePairedArms, judgePairedGuardrails } from './paired-results';
import type { PairedArm } from './paired-sums';
import { noVariantSums } from './phase-sums';
import { preExperimentBias } from './pre-experiment-bias';
import type { ExperimentSums, VariantSums } from './result-sums';
import type { Segment } from './segment';
import { type ShadowReport, shadowReport } from './shadow-report';
import { uncountedUnits } from './uncounted-units';

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
  /** What the stored looks say, with which the present one is taken together; absent: the present look by itself. Never of a segment. */
  readonly evidence?: readonly Pick<LookRow, 'metric' | 'variant' | 'evidence'>[];
}

/** One segment among those of its attribute. Whoever looks at all of them shall not err more often for it. */
export interface SegmentFamily {
  readonly segment: Segment;
  /** How many segments the attribute has. */
  readonly size: number;
}

/** Everything that can be said of an experiment, from its sums alone. */
export function experimentResults({
  experiment,
  metrics,
  sums,
  pairs,
  now,
  ingestLagMs,
  family,
  evidence = [],
}: ResultsInput): ExperimentResults {
  const arms = experiment.variants.map((variant) => armOf(experiment, sums, variant));
  const bias = preExperimentBias(experiment, metrics, arms);
  const shares = promisedShares(experiment, arms);
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
    const judging = { analysis: { ...experiment.analysis, alpha }, evidence: evidence.filter((row) => row.metric === key), now };
    return [metricResult({ role, ...compareAll(experiment, metric, { arms, pairs: pairs ?? null, analysis: judging.analysis }) }, judging)];
  });
  const primary = metrics.find(({ key }) => key === experiment.primaryMetric);
  const uncounted = primary ? uncountedUnits(experiment, primary, arms) : null;
  const contradicted = results.flatMap(({ metric, variants }) =>
    variants.flatMap(({ variant, contradictions }) => (contradictions.length > 0 ? [`${metric} of ${variant}`] : [])),
  );
  const health = experimentHealth(arms, sums, { experiment, now, ingestLagMs, isSegment: Boolean(family), bias, shares, contradicted });
  const guardrails = pairs
    ? judgePairedGuardrails(experiment.guardrails, metrics, { variants: experiment.variants, arms: pairs, alpha })
    : judgeGuardrails(experiment.guardrails, metrics, arms, alpha, experiment.analysis);
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
    shadows: (pairs ?? []).map((arm) => shadowReport(arm, experiment.primaryMetric, predictionsOf(arms))),
    progress: experimentProgress({ experiment, metric: primary, arms, pairs: pairs ?? null, alpha, now }),
    decision: family ? segmentsDoNotDecide(family.segment) : decide({ experiment, metrics, results, guardrails, health, uncounted }),
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

interface Compared {
  readonly arms: readonly Arm[];
  /** Null unless it is a shadow. */
  readonly pairs: readonly PairedArm[] | null;
  readonly analysis: AnalysisPlan;
}

/** Each arm beside the control at this look, on the same inputs where both answered them. */
function compareAll({ variants }: Experiment, metric: Metric, { arms, pairs, analysis }: Compared): Omit<ComparedMetric, 'role'> {
  if (pairs) return { metric: metric.key, cuped: null, arms: comparePairedArms({ metric, variants, arms: pairs, analysis }) };
  const { arms: estimates, cuped } = estimateArms(metric, arms, analysis);
  const options = { method: analysis.method, alpha: analysis.alpha, direction: metric.direction, leastUnits };
  const control = estimates.findIndex((one) => one.variant.isControl);
  const compared = estimates.map(({ variant, units, mean, estimate, adjustedMean }, place): ComparedArm => {
    const present = variant.isControl ? null : compareAt(metric, estimates, arms, { control, place, options });
    const unitsInSmallestArm = Math.min(estimates[control]?.units ?? 0, units);
    return { variant, units, mean, standardError: estimate?.standardError ?? null, adjustedMean, present, unitsInSmallestArm };
  });
  return { metric: metric.key, cuped, arms: compared };
}

interface Places {
  readonly control: number;
  readonly place: number;
  readonly options: ComparisonOptions;
}

function compareAt(
  metric: Metric,
  estimates: readonly ArmEstimates[],
  arms: readonly Arm[],
  { control, place, options }: Places,
): Comparison | null {
  const [base, own] = [estimates[control]?.compared, estimates[place]?.compared];
  const [baseArm, ownArm] = [arms[control], arms[place]];
  if (!base || !own || !baseArm || !ownArm) return null;
  const { quantile } = metric;
  if (quantile === null) return computable(() => compareArms(base, own, options));
  return compareQuantiles(sampleOf(metric, baseArm.sums), sampleOf(metric, ownArm.sums), { ...options, quantile });
}

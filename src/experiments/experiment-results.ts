import { holmAdjust } from '../statistics/holm-correction';
import { meanOfSums, ratioOfSums } from '../statistics/ratio-of-sums';
import { compareArms } from './compare-arms';
import { type Decision, decide } from './decision';
import type { Experiment, Variant } from './experiment';
import { type Arm, type ExperimentHealth, experimentHealth } from './experiment-health';
import type { Metric } from './metric';
import { leastUnits, type MetricResult, type VariantResult } from './metric-result';
import { type ExperimentSums, noSums, type VariantSums } from './result-sums';

export interface ExperimentResults {
  readonly asOf: Date;
  readonly ingestLagMs: number;
  readonly validity: 'ANYTIME';
  /** Distinct units exposed. */
  readonly units: number;
  readonly health: ExperimentHealth;
  readonly metrics: readonly MetricResult[];
  readonly decision: Decision;
}

export interface ResultsInput {
  readonly experiment: Experiment;
  readonly metrics: readonly Metric[];
  readonly sums: ExperimentSums;
  readonly now: Date;
  readonly ingestLagMs: number;
}

/** Everything that can be said of an experiment, from its sums alone. */
export function experimentResults({ experiment, metrics, sums, now, ingestLagMs }: ResultsInput): ExperimentResults {
  const arms = experiment.variants.map((variant) => ({ variant, sums: sumsOf(sums, variant) }));
  const health = experimentHealth(arms, sums);
  const roles = [
    { key: experiment.primaryMetric, role: 'PRIMARY' as const },
    ...experiment.secondaryMetrics.map((key) => ({ key, role: 'SECONDARY' as const })),
  ];
  const results = roles.flatMap(({ key, role }) => {
    const metric = metrics.find((one) => one.key === key);
    return metric ? [metricResult(metric, role, arms, experiment.analysis.alpha)] : [];
  });
  return {
    asOf: now,
    ingestLagMs,
    validity: 'ANYTIME',
    units: arms.reduce((sum, arm) => sum + arm.sums.exposedUnits, 0),
    health,
    metrics: results,
    decision: decide(experiment, metrics, results, health),
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
    }
  );
}

function metricResult(metric: Metric, role: MetricResult['role'], arms: readonly Arm[], alpha: number): MetricResult {
  const estimates = arms.map((arm) => ({ variant: arm.variant, estimate: estimateOf(metric, arm.sums) }));
  const control = estimates.find((one) => one.variant.isControl)?.estimate ?? null;
  const compared = estimates.map(({ variant, estimate }) => ({
    variant,
    estimate,
    comparison:
      variant.isControl || !control || !estimate
        ? null
        : compareArms(control, estimate, { alpha, direction: metric.direction, leastUnits }),
  }));
  const tested = compared.flatMap(({ comparison }) => (comparison ? [comparison.pValue] : []));
  const adjusted = holmAdjust(tested);
  const variants = compared.map(({ variant, estimate, comparison }): VariantResult => {
    const adjustedPValue = comparison ? (adjusted.shift() as number) : null;
    return {
      variant: variant.key,
      isControl: variant.isControl,
      units: estimate?.units ?? 0,
      mean: estimate?.mean ?? null,
      standardError: estimate && estimate.units > 1 ? estimate.standardError : null,
      absoluteLift: comparison?.absoluteLift ?? null,
      relativeLift: comparison?.relativeLift ?? null,
      pValue: comparison?.pValue ?? null,
      adjustedPValue,
      chanceToWin: comparison?.chanceToWin ?? null,
      expectedLoss: comparison?.expectedLoss ?? null,
      significant: adjustedPValue === null ? null : adjustedPValue <= alpha,
    };
  });
  return { metric: metric.key, role, variants };
}

/** A ratio counts the units that have a denominator; a proportion or a mean counts every exposed unit (no outcome: 0). */
function estimateOf(metric: Metric, { exposedUnits, metrics }: VariantSums) {
  const sums = metrics[metric.key] ?? noSums;
  if (metric.kind === 'ratio') return ratioOfSums(sums);
  return meanOfSums({ units: exposedUnits, sum: sums.numerator, sumOfSquares: sums.numeratorSquared });
}

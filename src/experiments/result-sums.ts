import type { LabelEvent, OutcomeEvent, PredictionEvent } from '../events/event';
import type { BinnedSample } from '../statistics/binned-quantile';
import type { ClassifierTally } from './classifier-tally';
import type { CovariateSums } from './covariate-sums';
import { builtInMetrics, type Metric } from './metric';
import type { Segment } from './segment';

/** What one unit has of one metric: for a proportion or a mean only the numerator counts. */
export interface UnitTotals {
  readonly numerator: number;
  readonly denominator: number;
}

export const noTotals: UnitTotals = Object.freeze({ numerator: 0, denominator: 0 });

/**
 * Sufficient statistics of one metric in one variant, over units (never over predictions). Each field is a plain sum over units:
 * `units` counts those with denominator > 0. Mergeable by addition, so shards, replicas and periods combine.
 */
export interface MetricSums {
  readonly units: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly numeratorSquared: number;
  readonly denominatorSquared: number;
  readonly product: number;
  /** The third degree says how skewed a unit's value is. */
  readonly numeratorCubed: number;
  readonly numeratorSquaredDenominator: number;
  readonly numeratorDenominatorSquared: number;
  readonly denominatorCubed: number;
}

export const noSums: MetricSums = Object.freeze({
  units: 0,
  numerator: 0,
  denominator: 0,
  numeratorSquared: 0,
  denominatorSquared: 0,
  product: 0,
  numeratorCubed: 0,
  numeratorSquaredDenominator: 0,
  numeratorDenominatorSquared: 0,
  denominatorCubed: 0,
});

/** The change of the sums when one unit goes from `before` to `after`; with a cap, no numerator counts further than that. */
export function sumsDelta(totalsBefore: UnitTotals, totalsAfter: UnitTotals, cap: number | null = null): MetricSums {
  const [before, after] = [counted(totalsBefore, cap), counted(totalsAfter, cap)];
  return {
    units: Number(after.denominator > 0) - Number(before.denominator > 0),
    numerator: after.numerator - before.numerator,
    denominator: after.denominator - before.denominator,
    numeratorSquared: after.numerator ** 2 - before.numerator ** 2,
    denominatorSquared: after.denominator ** 2 - before.denominator ** 2,
    product: after.numerator * after.denominator - before.numerator * before.denominator,
    numeratorCubed: after.numerator ** 3 - before.numerator ** 3,
    numeratorSquaredDenominator: after.numerator ** 2 * after.denominator - before.numerator ** 2 * before.denominator,
    numeratorDenominatorSquared: after.numerator * after.denominator ** 2 - before.numerator * before.denominator ** 2,
    denominatorCubed: after.denominator ** 3 - before.denominator ** 3,
  };
}

/** What a unit counts for: nothing without a denominator, and with a cap no further than that. */
export function counted(totals: UnitTotals, cap: number | null): UnitTotals {
  if (!(totals.denominator > 0)) return noTotals;
  return cap === null || totals.numerator <= cap ? totals : { ...totals, numerator: cap };
}

export function addSums(a: MetricSums, b: MetricSums): MetricSums {
  return {
    units: a.units + b.units,
    numerator: a.numerator + b.numerator,
    denominator: a.denominator + b.denominator,
    numeratorSquared: a.numeratorSquared + b.numeratorSquared,
    denominatorSquared: a.denominatorSquared + b.denominatorSquared,
    product: a.product + b.product,
    numeratorCubed: a.numeratorCubed + b.numeratorCubed,
    numeratorSquaredDenominator: a.numeratorSquaredDenominator + b.numeratorSquaredDenominator,
    numeratorDenominatorSquared: a.numeratorDenominatorSquared + b.numeratorDenominatorSquared,
    denominatorCubed: a.denominatorCubed + b.denominatorCubed,
  };
}

/** What one prediction adds to its unit's totals of a built-in metric; null: nothing (accuracy waits for the label). */
export function predictionContribution(metricKey: string, event: PredictionEvent): UnitTotals | null {
  const { outcome } = event;
  switch (metricKey) {
    case 'error_rate':
      return { numerator: outcome.status === 'failed' ? 1 : 0, denominator: 1 };
    case 'latency_ms':
      return outcome.status === 'succeeded' ? { numerator: event.timing.totalMs, denominator: 1 } : null;
    case 'confidence':
      return outcome.status === 'succeeded' && outcome.answer.kind === 'classification'
        ? { numerator: outcome.answer.confidence, denominator: 1 }
        : null;
    case 'compute_ms':
      return outcome.status === 'succeeded' ? { numerator: computeMs(event.timing), denominator: 1 } : null;
    default:
      return isFirstValue(metricKey) && outcome.status === 'succeeded' ? { numerator: event.timing.totalMs, denominator: 1 } : null;
  }
}

const firstValues: ReadonlySet<string> = new Set(builtInMetrics.flatMap(({ key, kind }) => (kind === 'quantile' ? [key] : [])));

/** Whether a built-in metric takes one value a unit, that of its first prediction that has one. */
export function isFirstValue(metricKey: string): boolean {
  return firstValues.has(metricKey);
}

/** A unit's totals of a built-in metric after one more prediction. */
export function addContribution(metricKey: string, totals: UnitTotals, contribution: UnitTotals): UnitTotals {
  if (isFirstValue(metricKey)) return totals.denominator > 0 ? totals : contribution;
  return { numerator: totals.numerator + contribution.numerator, denominator: totals.denominator + contribution.denominator };
}

/** What came from the cache was in no batch. */
function computeMs({ inferenceMs, batchSize }: PredictionEvent['timing']): number {
  return batchSize > 0 ? inferenceMs / batchSize : 0;
}

/** What the label of a prediction adds to `accuracy`; null when the two cannot be compared (a value against a class). */
export function labelContribution(
  truth: LabelEvent['truth'],
  answer: { readonly classIndex: number; readonly label: string } | null,
): UnitTotals | null {
  if (answer === null || truth.kind === 'value') return null;
  const correct = truth.kind === 'class' ? truth.classIndex === answer.classIndex : truth.label === answer.label;
  return { numerator: correct ? 1 : 0, denominator: 1 };
}

/** Whether an outcome falls into the time in which it counts for a unit that was first exposed at `exposedAtMs`. */
export function countsFor({ conversionWindowMs }: Pick<Metric, 'conversionWindowMs'>, occurredAtMs: number, exposedAtMs: number): boolean {
  // What happened before the unit met the experiment is no outcome of it.
  return occurredAtMs >= exposedAtMs && (conversionWindowMs === null || occurredAtMs < exposedAtMs + conversionWindowMs);
}

/** Whether an outcome tells what the unit was like before the experiment met it. */
export function precedes(lookbackMs: number, occurredAtMs: number, exposedAtMs: number): boolean {
  return occurredAtMs < exposedAtMs && occurredAtMs >= exposedAtMs - lookbackMs;
}

/** A unit's totals of a custom metric after one more outcome. */
export function addOutcome(
  metric: Pick<Metric, 'kind'>,
  totals: UnitTotals,
  outcome: Pick<OutcomeEvent, 'value' | 'denominator'>,
): UnitTotals {
  switch (metric.kind) {
    case 'proportion':
      return { numerator: totals.numerator !== 0 || outcome.value !== 0 ? 1 : 0, denominator: 1 };
    case 'mean':
    case 'quantile':
      return { numerator: totals.numerator + outcome.value, denominator: 1 };
    case 'count':
      return { numerator: totals.numerator + 1, denominator: 1 };
    case 'ratio':
      return { numerator: totals.numerator + outcome.value, denominator: totals.denominator + (outcome.denominator ?? 1) };
  }
}

export interface VariantSums {
  readonly variant: string;
  /** Distinct units that were exposed to this variant first. */
  readonly exposedUnits: number;
  readonly predictions: number;
  readonly labelledPredictions: number;
  /** By metric key; a metric without any observation is absent. */
  readonly metrics: Readonly<Record<string, MetricSums>>;
  /** One value a unit, by the key of a quantile metric; one without any value is absent. */
  readonly histograms: Readonly<Record<string, BinnedSample>>;
  /** Exposed units that are old enough, by the metrics that were asked for as ripening. */
  readonly ripeUnits: Readonly<Record<string, number>>;
  /** By metric key, where covariates were asked for; a metric of whose units nothing is known from before is absent. */
  readonly covariates?: Readonly<Record<string, CovariateSums>>;
}

/** The sums of the units that were drawn in one phase; what is no bandit has one phase, 0. */
export interface PhaseSums {
  readonly phase: number;
  readonly variants: readonly VariantSums[];
}

export interface ExperimentSums {
  readonly variants: readonly VariantSums[];
  /** The same by phase, which a bandit has several of. */
  readonly phases?: readonly PhaseSums[];
  /** Units that were seen in more than one variant; they are analysed in the first one. */
  readonly multipleExposures: number;
  /** Labels and outcomes that name a prediction which did not come within 24 hours. */
  readonly unmatched: number;
  /** Of the whole experiment, whatever the segment. Absent: nothing came. */
  readonly lastSeen?: LastSeen;
}

/** When the newest of each kind came; null: none. */
export interface LastSeen {
  /** A prediction that exposed a unit. */
  readonly exposureAt: Date | null;
  readonly labelAt: Date | null;
  /** An outcome of an exposed unit, of a metric that the experiment keeps, also one that came too late to count. */
  readonly outcomeAt: Date | null;
}

export interface SumsRequest {
  readonly experiment: string;
  readonly segment: Segment;
  /** Metrics that not every unit is old enough for; a unit counts when the period of its first exposure had ended by `exposedBefore`. */
  readonly ripening: readonly { readonly metric: string; readonly exposedBefore: Date }[];
  /** Whether covariates are wanted, which is another read. */
  readonly covariates?: boolean;
}

/** Port: the sums that results are computed from; a few rows, whatever the traffic. */
export interface ResultSumsStore {
  read(request: SumsRequest): Promise<ExperimentSums>;
  /** Those that have units, in alphabetical order. */
  segments(experimentKey: string): Promise<readonly Segment[]>;
  /** What labels say of the classifiers, by variant; those without a label that could be scored are absent. */
  classifiers(experimentKey: string): Promise<ReadonlyMap<string, ClassifierTally>>;
  /** Age in ms of the oldest journaled event on this replica that is not in the sums yet; 0 when all are. */
  ingestLagMs(): number;
}

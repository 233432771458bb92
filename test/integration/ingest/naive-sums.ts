import type { Event, LabelEvent, OutcomeEvent, PredictionEvent } from '../../../src/events/event';
import { classifierCells } from '../../../src/experiments/classifier-tally';
import { type CovariateSums, covariateProducts } from '../../../src/experiments/covariate-sums';
import { labelScores, scoredClass } from '../../../src/experiments/label-score';
import { builtInMetrics } from '../../../src/experiments/metric';
import {
  addContribution,
  addOutcome,
  labelContribution,
  type MetricSums,
  noSums,
  noTotals,
  predictionContribution,
  type UnitTotals,
} from '../../../src/experiments/result-sums';
import type { BinnedSample } from '../../../src/statistics/binned-quantile';
import { logarithmicBin } from '../../../src/statistics/logarithmic-bins';

export interface NaiveVariant {
  exposedUnits: number;
  predictions: number;
  labelledPredictions: number;
  readonly metrics: Record<string, { -readonly [Field in keyof MetricSums]: number }>;
  /** Of metrics of whose units something is known from before. */
  readonly covariates: Record<string, Record<keyof CovariateSums, number>>;
  readonly histograms: Record<string, BinnedSample>;
}

/** Outcomes of so long before a unit's first exposure are its covariates. */
export const lookbackMs = 18_000;

/** What the metrics of random events are; the last ones limit what counts. */
export const ownMetrics = [
  { key: 'purchase', kind: 'proportion', cap: null, conversionWindowMs: null },
  { key: 'revenue', kind: 'mean', cap: null, conversionWindowMs: null },
  { key: 'spend', kind: 'mean', cap: 4, conversionWindowMs: 20_000 },
  { key: 'visits', kind: 'count', cap: 2, conversionWindowMs: 15_000 },
  { key: 'basket', kind: 'ratio', cap: 5, conversionWindowMs: null },
  { key: 'size', kind: 'quantile', cap: null, conversionWindowMs: 20_000 },
] as const;

/**
 * The sums of one experiment from all events at once, the slow and obvious way: units first, then everything that each unit did. `predictions` must be
 * in the order of ingestion, since the first variant that was ingested is the unit's, and so are the attributes and the phase of the first prediction.
 */
export function naiveSums(
  events: readonly Event[],
  experiment: string,
  metrics: readonly string[],
  { country = null, phase = null }: { readonly country?: string | null; readonly phase?: number | null } = {},
): Record<string, NaiveVariant> {
  const unique = [...new Map(events.map((event) => [`${event.type} ${event.id}`, event])).values()];
  const predictions = unique.filter((event): event is PredictionEvent => event.type === 'prediction');
  const outcomes = unique.filter((event): event is OutcomeEvent => event.type === 'outcome');
  const labels = latestLabels(unique.filter((event): event is LabelEvent => event.type === 'label'));
  const result: Record<string, NaiveVariant> = {};
  const values = new Map<string, number[]>();
  const unitOf = ({ unitId, assignments }: PredictionEvent) => {
    const assignment = assignments.find((one) => one.experiment === experiment);
    return assignment === undefined ? null : (assignment.unit ?? unitId);
  };
  const units = new Set(predictions.map(unitOf).filter((unit) => unit !== null));
  for (const unit of units) {
    const own = predictions.filter((event) => unitOf(event) === unit);
    if (country !== null && countryOf(own[0] as PredictionEvent) !== country) continue;
    const firstPhase = own[0]?.assignments.find((one) => one.experiment === experiment)?.phase ?? 0;
    if (phase !== null && firstPhase !== phase) continue;
    const variantOf = (event: PredictionEvent) => event.assignments.find((one) => one.experiment === experiment)?.variant as string;
    const variant = variantOf(own[0] as PredictionEvent);
    const exposedAtMs = Math.min(...own.map((event) => event.occurredAtMs));
    const counted = own.filter((event) => variantOf(event) === variant);
    const entry = result[variant] ?? {
      exposedUnits: 0,
      predictions: 0,
      labelledPredictions: 0,
      metrics: {},
      covariates: {},
      histograms: {},
    };
    result[variant] = entry;
    entry.exposedUnits++;
    entry.predictions += counted.filter((event) => event.outcome.status === 'succeeded').length;
    entry.labelledPredictions += counted.filter((event) => labels.has(event.id)).length;
    for (const metric of metrics) {
      const all = unitOutcomes(outcomes, predictions, unit);
      const own = all.filter((outcome) => outcome.occurredAtMs >= exposedAtMs);
      const totals = totalsOf(metric, counted, labels, own, exposedAtMs);
      if (totals && isQuantile(metric)) {
        const soFar = [...(values.get(`${variant} ${metric}`) ?? []), totals.numerator];
        values.set(`${variant} ${metric}`, soFar);
        entry.histograms[metric] = histogramOf(soFar);
      }
      if (isQuantile(metric)) continue;
      if (totals && isSomething(totals)) addTo(entry, metric, totals);
      const earlier = all.filter(({ occurredAtMs }) => occurredAtMs < exposedAtMs && exposedAtMs - occurredAtMs <= lookbackMs);
      const covariate = totalsOf(metric, [], labels, earlier, Number.NEGATIVE_INFINITY, null);
      if (covariate && isSomething(covariate)) addCovariate(entry, metric, totals && isSomething(totals) ? totals : null, covariate);
    }
  }
  return result;
}

/** When the newest prediction, label and outcome of an experiment came, in milliseconds since 1970; null: none. */
export function naiveLastSeen(events: readonly Event[], experiment: string, metrics: readonly string[]) {
  const predictions = events.filter(
    (event): event is PredictionEvent =>
      event.type === 'prediction' && event.unitId !== null && event.assignments.some((one) => one.experiment === experiment),
  );
  const first = new Map<string | null, string | undefined>();
  const variantOf = (event: PredictionEvent) => event.assignments.find((one) => one.experiment === experiment)?.variant;
  for (const event of predictions) if (!first.has(event.unitId)) first.set(event.unitId, variantOf(event));
  const counted = predictions.filter((event) => first.get(event.unitId) === variantOf(event)).map(({ id }) => id);
  const unitOf = (outcome: OutcomeEvent) => outcome.unitId ?? predictions.find(({ id }) => id === outcome.predictionId)?.unitId ?? null;
  const newest = (times: readonly number[]) => (times.length === 0 ? null : Math.max(...times));
  return {
    exposure: newest(predictions.map((event) => event.occurredAtMs)),
    label: newest(events.flatMap((event) => (event.type === 'label' && counted.includes(event.predictionId) ? [event.receivedAtMs] : []))),
    outcome: newest(
      events.flatMap((event) =>
        event.type === 'outcome' && metrics.includes(event.metric) && first.has(unitOf(event)) ? [event.receivedAtMs] : [],
      ),
    ),
  };
}

/** What labels say of the classifiers, by variant, from all events at once. */
export function naiveClassifiers(events: readonly Event[], experiment: string): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const unique = [...new Map(events.map((event) => [`${event.type} ${event.id}`, event])).values()];
  const labels = latestLabels(unique.filter((event): event is LabelEvent => event.type === 'label'));
  const firstVariants = new Map<string, string>();
  const result = new Map<string, Map<number, number>>();
  for (const event of unique) {
    const variant = event.type === 'prediction' ? event.assignments.find((one) => one.experiment === experiment)?.variant : undefined;
    if (event.type !== 'prediction' || event.unitId === null || variant === undefined) continue;
    if (!firstVariants.has(event.unitId)) firstVariants.set(event.unitId, variant);
    const label = labels.get(event.id);
    const answer = classificationOf(event);
    const truth = label ? scoredClass(label.truth, answer) : null;
    if (firstVariants.get(event.unitId) !== variant || truth === null || answer === null) continue;
    const cells = result.get(variant) ?? new Map<number, number>();
    result.set(variant, cells);
    for (const [cell, amount] of classifierCells(truth, answer)) if (amount !== 0) cells.set(cell, (cells.get(cell) ?? 0) + amount);
  }
  return result;
}

function classificationOf({ outcome }: PredictionEvent) {
  return outcome.status === 'succeeded' && outcome.answer.kind === 'classification' ? outcome.answer : null;
}

function isQuantile(metric: string): boolean {
  return [...builtInMetrics, ...ownMetrics].some(({ key, kind }) => key === metric && kind === 'quantile');
}

function histogramOf(values: readonly number[]): BinnedSample {
  const all = values.map(logarithmicBin).sort((a, b) => a - b);
  const bins = [...new Set(all)];
  return { bins, units: bins.map((bin) => all.filter((one) => one === bin).length) };
}

function countryOf({ attributes }: PredictionEvent): string {
  const value = attributes?.country;
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '(none)';
}

function latestLabels(labels: readonly LabelEvent[]): ReadonlyMap<string, LabelEvent> {
  const latest = new Map<string, LabelEvent>();
  for (const label of labels) {
    const present = latest.get(label.predictionId);
    const isLater = !present || label.receivedAtMs >= present.receivedAtMs;
    if (isLater) latest.set(label.predictionId, label);
  }
  return latest;
}

function unitOutcomes(outcomes: readonly OutcomeEvent[], predictions: readonly PredictionEvent[], unit: string): readonly OutcomeEvent[] {
  const unitOf = (outcome: OutcomeEvent) =>
    outcome.unitId ?? predictions.find((event) => event.id === outcome.predictionId)?.unitId ?? null;
  return outcomes.filter((outcome) => unitOf(outcome) === unit);
}

function totalsOf(
  metric: string,
  predictions: readonly PredictionEvent[],
  labels: ReadonlyMap<string, LabelEvent>,
  outcomes: readonly OutcomeEvent[],
  exposedAtMs: number,
  windowMs = ownMetrics.find(({ key }) => key === metric)?.conversionWindowMs ?? null,
): UnitTotals | null {
  const own = ownMetrics.find(({ key }) => key === metric);
  let totals: UnitTotals | null = null;
  const add = (one: UnitTotals | null) => {
    if (one) totals = addContribution(metric, totals ?? noTotals, one);
  };
  if (builtInMetrics.some((one) => one.key === metric)) {
    for (const event of predictions) {
      add(predictionContribution(metric, event));
      const label = labels.get(event.id);
      const answer = classificationOf(event);
      const truth = label ? scoredClass(label.truth, answer) : null;
      const scoreOf = labelScores[metric];
      if (scoreOf && truth !== null && answer) add({ numerator: scoreOf(truth, answer), denominator: 1 });
      if (metric === 'accuracy' && label) add(labelContribution(label.truth, answer));
    }
  } else if (own) {
    for (const outcome of outcomes) {
      if (outcome.metric !== metric || !isInTime(windowMs, outcome, exposedAtMs)) continue;
      totals = addOutcome(own, totals ?? { numerator: 0, denominator: 0 }, outcome);
    }
  }
  const cap = own?.cap ?? Number.POSITIVE_INFINITY;
  return totals && { denominator: (totals as UnitTotals).denominator, numerator: Math.min((totals as UnitTotals).numerator, cap) };
}

function isInTime(windowMs: number | null, { occurredAtMs }: OutcomeEvent, exposedAtMs: number): boolean {
  return windowMs === null || occurredAtMs - exposedAtMs < windowMs;
}

/** A unit without a denominator counts for nothing. */
function isSomething({ denominator }: UnitTotals): boolean {
  return denominator > 0;
}

function addTo({ metrics }: NaiveVariant, metric: string, { numerator, denominator }: UnitTotals): void {
  const sums = metrics[metric] ?? { ...noSums };
  metrics[metric] = sums;
  sums.units += Number(denominator > 0);
  sums.numerator += numerator;
  sums.denominator += denominator;
  sums.numeratorSquared += numerator ** 2;
  sums.denominatorSquared += denominator ** 2;
  sums.product += numerator * denominator;
  sums.numeratorCubed += numerator ** 3;
  sums.numeratorSquaredDenominator += numerator ** 2 * denominator;
  sums.numeratorDenominatorSquared += numerator * denominator ** 2;
  sums.denominatorCubed += denominator ** 3;
}

function addCovariate({ covariates }: NaiveVariant, metric: string, totals: UnitTotals | null, covariate: UnitTotals): void {
  const values = { m: totals?.numerator ?? 0, d: totals?.denominator ?? 0, x: covariate.numerator, e: covariate.denominator };
  const sums = covariates[metric] ?? (Object.fromEntries(covariateProducts.map((product) => [product, 0])) as CovariateSums);
  covariates[metric] = Object.fromEntries(
    covariateProducts.map((product) => [
      product,
      sums[product] + [...product].reduce((value, letter) => value * values[letter as keyof typeof values], 1),
    ]),
  ) as CovariateSums;
}

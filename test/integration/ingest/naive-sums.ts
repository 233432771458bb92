import type { Event, LabelEvent, OutcomeEvent, PredictionEvent } from '../../../src/events/event';
import { classifierCells } from '../../../src/experiments/classifier-tally';
import { labelScores, scoredClass } from '../../../src/experiments/label-score';
import { builtInMetrics } from '../../../src/experiments/metric';
import {
  addContribution,
  addOutcome,
  labelContribution,
  predictionContribution,
  type UnitTotals,
} from '../../../src/experiments/result-sums';
import type { BinnedSample } from '../../../src/statistics/binned-quantile';
import { logarithmicBin } from '../../../src/statistics/logarithmic-bins';

export interface NaiveVariant {
  exposedUnits: number;
  predictions: number;
  labelledPredictions: number;
  readonly metrics: Record<
    string,
    { units: number; numerator: number; denominator: number; numeratorSquared: number; denominatorSquared: number; product: number }
  >;
  readonly histograms: Record<string, BinnedSample>;
}

/** What the metrics of random events are; two of them limit what counts. */
export const ownMetrics = [
  { key: 'purchase', kind: 'proportion', cap: null, conversionWindowMs: null },
  { key: 'revenue', kind: 'mean', cap: null, conversionWindowMs: null },
  { key: 'spend', kind: 'mean', cap: 4, conversionWindowMs: 20_000 },
  { key: 'visits', kind: 'count', cap: 2, conversionWindowMs: 15_000 },
  { key: 'basket', kind: 'quantile', cap: null, conversionWindowMs: 20_000 },
] as const;

/**
 * The sums of one experiment from all events at once, the slow and obvious way: units first, then everything that each unit did. `predictions` must be
 * in the order of ingestion, since the first variant that was ingested is the unit's, and so are the attributes of the first prediction.
 */
export function naiveSums(
  events: readonly Event[],
  experiment: string,
  metrics: readonly string[],
  country: string | null = null,
): Record<string, NaiveVariant> {
  const unique = [...new Map(events.map((event) => [`${event.type} ${event.id}`, event])).values()];
  const predictions = unique.filter((event): event is PredictionEvent => event.type === 'prediction');
  const outcomes = unique.filter((event): event is OutcomeEvent => event.type === 'outcome');
  const labels = latestLabels(unique.filter((event): event is LabelEvent => event.type === 'label'));
  const result: Record<string, NaiveVariant> = {};
  const values = new Map<string, number[]>();
  const units = new Set(
    predictions.flatMap((event) =>
      event.unitId !== null && event.assignments.some((one) => one.experiment === experiment) ? [event.unitId] : [],
    ),
  );
  for (const unit of units) {
    const own = predictions.filter((event) => event.unitId === unit && event.assignments.some((one) => one.experiment === experiment));
    if (country !== null && countryOf(own[0] as PredictionEvent) !== country) continue;
    const variantOf = (event: PredictionEvent) => event.assignments.find((one) => one.experiment === experiment)?.variant as string;
    const variant = variantOf(own[0] as PredictionEvent);
    const exposedAtMs = Math.min(...own.map((event) => event.occurredAtMs));
    const counted = own.filter((event) => variantOf(event) === variant);
    const entry = result[variant] ?? { exposedUnits: 0, predictions: 0, labelledPredictions: 0, metrics: {}, histograms: {} };
    result[variant] = entry;
    entry.exposedUnits++;
    entry.predictions += counted.filter((event) => event.outcome.status === 'succeeded').length;
    entry.labelledPredictions += counted.filter((event) => labels.has(event.id)).length;
    for (const metric of metrics) {
      const totals = totalsOf(metric, counted, labels, unitOutcomes(outcomes, predictions, unit, exposedAtMs), exposedAtMs);
      if (!totals) continue;
      if (!isQuantile(metric)) addTo(entry, metric, totals);
      else {
        const soFar = [...(values.get(`${variant} ${metric}`) ?? []), totals.numerator];
        values.set(`${variant} ${metric}`, soFar);
        entry.histograms[metric] = histogramOf(soFar);
      }
    }
  }
  return result;
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
    const isLater =
      !present || label.receivedAtMs > present.receivedAtMs || (label.receivedAtMs === present.receivedAtMs && label.id > present.id);
    if (isLater) latest.set(label.predictionId, label);
  }
  return latest;
}

function unitOutcomes(
  outcomes: readonly OutcomeEvent[],
  predictions: readonly PredictionEvent[],
  unit: string,
  exposedAtMs: number,
): readonly OutcomeEvent[] {
  const unitOf = (outcome: OutcomeEvent) =>
    outcome.unitId ?? predictions.find((event) => event.id === outcome.predictionId)?.unitId ?? null;
  return outcomes.filter((outcome) => unitOf(outcome) === unit && outcome.occurredAtMs >= exposedAtMs);
}

function totalsOf(
  metric: string,
  predictions: readonly PredictionEvent[],
  labels: ReadonlyMap<string, LabelEvent>,
  outcomes: readonly OutcomeEvent[],
  exposedAtMs: number,
): UnitTotals | null {
  const own = ownMetrics.find(({ key }) => key === metric);
  let totals: UnitTotals | null = null;
  const add = (one: UnitTotals | null) => {
    if (one) totals = addContribution(metric, totals ?? { numerator: 0, denominator: 0 }, one);
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
      if (outcome.metric !== metric || !isInTime(own.conversionWindowMs, outcome, exposedAtMs)) continue;
      totals = addOutcome(own, totals ?? { numerator: 0, denominator: 0 }, outcome);
    }
  }
  const cap = own?.cap ?? Number.POSITIVE_INFINITY;
  return totals && { denominator: (totals as UnitTotals).denominator, numerator: Math.min((totals as UnitTotals).numerator, cap) };
}

function isInTime(windowMs: number | null, { occurredAtMs }: OutcomeEvent, exposedAtMs: number): boolean {
  return windowMs === null || occurredAtMs - exposedAtMs < windowMs;
}

function addTo({ metrics }: NaiveVariant, metric: string, { numerator, denominator }: UnitTotals): void {
  const sums = metrics[metric] ?? { units: 0, numerator: 0, denominator: 0, numeratorSquared: 0, denominatorSquared: 0, product: 0 };
  metrics[metric] = sums;
  sums.units += Number(denominator > 0);
  sums.numerator += numerator;
  sums.denominator += denominator;
  sums.numeratorSquared += numerator ** 2;
  sums.denominatorSquared += denominator ** 2;
  sums.product += numerator * denominator;
}

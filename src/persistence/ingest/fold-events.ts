import type { QueryRunner } from 'typeorm';
import type { Event, LabelEvent, OutcomeEvent } from '../../events/event';
import type { JournalEntry } from '../../events/event-journal';
import { foldDrift } from './fold-drift';
import { foldExposures } from './fold-exposures';
import { foldLabels } from './fold-labels';
import { foldLateOutcomes, foldOutcomes } from './fold-outcomes';
import { foldShadows, type ShadowEntry } from './fold-shadows';
import { insertPredictions, type PredictionEntry } from './insert-predictions';
import { PerformanceChanges } from './performance-changes';
import { TallyChanges } from './tally-changes';
import { TrackedMetrics } from './tracked-metrics';
import { UnitMetricChanges } from './unit-metric-changes';
import { findWaiting } from './waiting-events';

/**
 * Stores the events and folds the new ones into the sums; runs inside the ingester's transaction and under its lock, so that it reads what it
 * will write. Order matters: predictions first (they expose units), then what waited for them, then the labels,
 * shadows and outcomes of this batch.
 */
export async function foldEvents(runner: QueryRunner, entries: readonly JournalEntry[]): Promise<void> {
  const predictions = entries.filter((entry): entry is PredictionEntry => entry.event.type === 'prediction');
  const events = entries.map((entry): Event => entry.event);
  const labels = events.filter((event): event is LabelEvent => event.type === 'label');
  const outcomes = events.filter((event): event is OutcomeEvent => event.type === 'outcome');
  const shadows = entries.filter((entry): entry is ShadowEntry => entry.event.type === 'shadow');
  const metrics = new TrackedMetrics(runner);
  const tallies = new TallyChanges(runner);
  const units = new UnitMetricChanges(runner, tallies);
  const performance = new PerformanceChanges(runner);
  const fresh = (await insertPredictions(runner, predictions)).map(({ event }) => event);
  const waiting = await findWaiting(runner, fresh);
  performance.addPredictions(fresh);
  await foldDrift(runner, fresh);
  const exposures = await foldExposures(runner, fresh, metrics, units);
  await foldLateOutcomes(runner, waiting.outcomes ? fresh : [], exposures, metrics, units);
  const relabelled = await foldLabels(runner, waiting.labels ? fresh : [], labels, { metrics, units, performance, tallies });
  await foldShadows(runner, shadows, relabelled, { metrics, units });
  await foldOutcomes(runner, outcomes, metrics, units);
  await units.write();
  await tallies.write();
  await performance.write();
}

import type { QueryRunner } from 'typeorm';
import type { Event, LabelEvent, OutcomeEvent, PredictionEvent } from '../../events/event';
import { foldDrift } from './fold-drift';
import { foldExposures } from './fold-exposures';
import { foldLabels } from './fold-labels';
import { foldLateOutcomes, foldOutcomes } from './fold-outcomes';
import { insertPredictions } from './insert-predictions';
import { PerformanceChanges } from './performance-changes';
import { TrackedMetrics } from './tracked-metrics';
import { UnitMetricChanges } from './unit-metric-changes';

/**
 * Stores the events and folds the new ones into the sums; runs inside the ingester's transaction and under its lock, so that it reads what it
 * will write. Order matters: predictions first (they expose units), then what waited for them, then the labels and outcomes of this batch.
 */
export async function foldEvents(runner: QueryRunner, events: readonly Event[]): Promise<void> {
  const predictions = events.filter((event): event is PredictionEvent => event.type === 'prediction');
  const labels = events.filter((event): event is LabelEvent => event.type === 'label');
  const outcomes = events.filter((event): event is OutcomeEvent => event.type === 'outcome');
  const metrics = new TrackedMetrics(runner);
  const units = new UnitMetricChanges(runner);
  const performance = new PerformanceChanges(runner);
  const fresh = await insertPredictions(runner, predictions);
  performance.addPredictions(fresh);
  await foldDrift(runner, fresh);
  const exposures = await foldExposures(runner, fresh, metrics, units);
  await foldLateOutcomes(runner, fresh, exposures, metrics, units);
  await foldLabels(runner, fresh, labels, { metrics, units, performance });
  await foldOutcomes(runner, outcomes, metrics, units);
  await units.write();
  await performance.write();
}

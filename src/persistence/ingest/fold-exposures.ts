import type { QueryRunner } from 'typeorm';
import type { PredictionEvent } from '../../events/event';
import { predictionContribution } from '../../experiments/result-sums';
import { asRecordset, queryRows } from '../query-rows';
import { addTraffic } from './add-traffic';
import type { TrackedMetrics } from './tracked-metrics';
import type { UnitMetricChanges } from './unit-metric-changes';

/** What is known of a unit in an experiment. The first variant seen stays, also when an earlier exposure arrives later. */
interface UnitRow {
  readonly unitId: string;
  readonly experiment: string;
  readonly variant: string;
  readonly firstPredictionId: string;
  firstExposedAtMs: number;
  multiple: boolean;
}

/** A unit whose outcomes from `fromMs` to before `toMs` (null: no end) count now, and did not before this batch. */
export interface NewlyCounted {
  readonly unitId: string;
  readonly experiment: string;
  readonly variant: string;
  readonly fromMs: number;
  readonly toMs: number | null;
}

/** Exposes units through their predictions, and folds what the predictions themselves measure. */
export async function foldExposures(
  runner: QueryRunner,
  predictions: readonly PredictionEvent[],
  metrics: TrackedMetrics,
  units: UnitMetricChanges,
): Promise<readonly NewlyCounted[]> {
  const visits = predictions.flatMap((event) =>
    event.unitId === null ? [] : event.assignments.map((assignment) => ({ event, unitId: event.unitId as string, ...assignment })),
  );
  if (visits.length === 0) return [];
  await metrics.load(visits.map((visit) => visit.experiment));
  const known = await readUnits(runner, visits);
  const before = new Map([...known].map(([key, row]) => [key, row.firstExposedAtMs]));
  const traffic: { experiment: string; variant: string; exposed: number; predictions: number }[] = [];
  const multiples: string[] = [];
  for (const { event, unitId, experiment, variant } of visits) {
    const key = keyOf(unitId, experiment);
    const row = known.get(key) ?? {
      unitId,
      experiment,
      variant,
      firstPredictionId: event.id,
      firstExposedAtMs: event.occurredAtMs,
      multiple: false,
    };
    if (!known.has(key)) traffic.push({ experiment, variant, exposed: 1, predictions: 0 });
    known.set(key, row);
    row.firstExposedAtMs = Math.min(row.firstExposedAtMs, event.occurredAtMs);
    if (row.variant !== variant) {
      // The unit saw two variants: it stays with its first one, and what it does in the other is comparable with nothing.
      if (!row.multiple) multiples.push(experiment);
      row.multiple = true;
      continue;
    }
    if (event.outcome.status === 'succeeded') traffic.push({ experiment, variant, exposed: 0, predictions: 1 });
    foldMeasurements(event, { unitId, experiment, variant }, metrics, units);
  }
  await writeUnits(runner, [...known.values()]);
  await addTraffic(
    runner,
    traffic.map((one) => ({ ...one, labelled: 0 })),
  );
  await addMultipleExposures(runner, multiples);
  return newlyCounted([...known], before);
}

function foldMeasurements(
  event: PredictionEvent,
  key: { readonly unitId: string; readonly experiment: string; readonly variant: string },
  metrics: TrackedMetrics,
  units: UnitMetricChanges,
): void {
  for (const metric of metrics.of(key.experiment)) {
    const contribution = predictionContribution(metric, event);
    if (!contribution) continue;
    units.add({
      ...key,
      metric,
      apply: ({ numerator, denominator }) => ({
        numerator: numerator + contribution.numerator,
        denominator: denominator + contribution.denominator,
      }),
    });
  }
}

function newlyCounted(rows: readonly (readonly [string, UnitRow])[], before: ReadonlyMap<string, number>): readonly NewlyCounted[] {
  return rows.flatMap(([key, { unitId, experiment, variant, firstExposedAtMs }]) => {
    const earlierMs = before.get(key);
    if (earlierMs !== undefined && earlierMs <= firstExposedAtMs) return [];
    return [{ unitId, experiment, variant, fromMs: firstExposedAtMs, toMs: earlierMs ?? null }];
  });
}

function keyOf(unitId: string, experiment: string): string {
  return JSON.stringify([unitId, experiment]);
}

async function readUnits(
  runner: QueryRunner,
  keys: readonly { readonly unitId: string; readonly experiment: string }[],
): Promise<Map<string, UnitRow>> {
  const rows = await queryRows<UnitRow & { readonly first_ms: number }>(
    runner,
    `SELECT unit_id AS "unitId", experiment, variant, multiple, first_prediction_id AS "firstPredictionId",
            (extract(epoch FROM first_exposed_at) * 1000)::float8 AS first_ms
       FROM experiment_unit JOIN (SELECT DISTINCT "unitId" AS unit_id, experiment
            FROM jsonb_to_recordset($1::jsonb) AS wanted("unitId" text, experiment text)) wanted USING (unit_id, experiment)`,
    [asRecordset(keys.map(({ unitId, experiment }) => ({ unitId, experiment })))],
  );
  return new Map(rows.map(({ first_ms: firstExposedAtMs, ...row }) => [keyOf(row.unitId, row.experiment), { ...row, firstExposedAtMs }]));
}

async function writeUnits(runner: QueryRunner, rows: readonly UnitRow[]): Promise<void> {
  await runner.query(
    `INSERT INTO experiment_unit (unit_id, experiment, variant, first_exposed_at, first_prediction_id, multiple)
     SELECT "unitId", experiment, variant, first_exposed_at, "firstPredictionId", multiple
       FROM jsonb_to_recordset($1::jsonb) AS row("unitId" text, experiment text, variant text, first_exposed_at timestamptz, "firstPredictionId" uuid, multiple boolean)
      ORDER BY 1, 2
     ON CONFLICT (unit_id, experiment) DO UPDATE SET first_exposed_at = excluded.first_exposed_at, multiple = excluded.multiple`,
    [asRecordset(rows.map((row) => ({ ...row, first_exposed_at: new Date(row.firstExposedAtMs) })))],
  );
}

async function addMultipleExposures(runner: QueryRunner, experiments: readonly string[]): Promise<void> {
  if (experiments.length === 0) return;
  await runner.query(
    `INSERT INTO experiment_health AS health (experiment, multiple_exposures, unmatched)
     SELECT experiment, count(*), 0 FROM unnest($1::text[]) AS experiment GROUP BY experiment ORDER BY experiment
     ON CONFLICT (experiment) DO UPDATE SET multiple_exposures = health.multiple_exposures + excluded.multiple_exposures`,
    [experiments],
  );
}

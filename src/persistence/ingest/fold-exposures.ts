import type { QueryRunner } from 'typeorm';
import type { PredictionEvent } from '../../events/event';
import { assignedUnit } from '../../experiments/assigned-unit';
import { scoredMetrics } from '../../experiments/paired-facts';
import { addContribution, isFirstValue, predictionContribution, type UnitTotals } from '../../experiments/result-sums';
import { segmentsOf } from '../../experiments/segment';
import { periodEndOf, type UnitGroup } from '../../experiments/unit-group';
import { textArray } from '../binary-array';
import { asRecordset, queryRows } from '../query-rows';
import { SegmentValues } from './segment-values';
import type { TrackedMetrics } from './tracked-metrics';
import { TrafficChanges } from './traffic-changes';
import type { UnitMetricChanges } from './unit-metric-changes';

/** What is known of a unit in an experiment. Its group stays, also when an earlier exposure arrives later. */
interface UnitRow {
  readonly unitId: string;
  readonly experiment: string;
  readonly group: UnitGroup;
  readonly firstPredictionId: string;
  readonly firstExposedAtMs: number;
  readonly multiple: boolean;
}

/** A unit whose outcomes count from `fromMs` on, which was another time before this batch, or none. */
export interface NewlyCounted {
  readonly unitId: string;
  readonly experiment: string;
  readonly group: UnitGroup;
  readonly fromMs: number;
}

/** Exposes units through their predictions, and folds what the predictions themselves measure. */
export async function foldExposures(
  runner: QueryRunner,
  predictions: readonly PredictionEvent[],
  metrics: TrackedMetrics,
  units: UnitMetricChanges,
): Promise<readonly NewlyCounted[]> {
  const visits = predictions.flatMap((event) =>
    event.assignments.flatMap((assignment) => {
      const unitId = assignedUnit(event, assignment);
      return unitId === null ? [] : [{ event, unitId, ...assignment }];
    }),
  );
  if (visits.length === 0) return [];
  await metrics.load(visits.map((visit) => visit.experiment));
  const segments = new SegmentValues(runner);
  await segments.load(visits.filter(({ experiment }) => metrics.segmentAttributes(experiment).length > 0).map((visit) => visit.experiment));
  const known = await readUnits(runner, visits);
  const before = new Map(known);
  const traffic = new TrafficChanges(runner);
  const multiples: string[] = [];
  for (const { event, unitId, experiment, variant, phase } of visits) {
    const key = keyOf(unitId, experiment);
    const row = known.get(key);
    units.seen.add(experiment, 'exposure', event.occurredAtMs);
    const group = row?.group ?? groupOf({ event, unitId, experiment, variant, phase }, metrics, segments);
    if (!row) traffic.add({ experiment, group, exposed: 1, predictions: 0, labelled: 0 });
    const after = visited(row, { event, unitId, experiment, variant }, group);
    if (after !== row) known.set(key, after);
    // A unit that saw two variants stays with its first one, and what it does in the other is comparable with nothing.
    if (after.multiple && !row?.multiple) multiples.push(experiment);
    if (group.variant !== variant) continue;
    if (event.outcome.status === 'succeeded') traffic.add({ experiment, group, exposed: 0, predictions: 1, labelled: 0 });
    foldMeasurements(event, { unitId, experiment, group }, metrics, units);
  }
  const changed = [...known].filter(([key, row]) => row !== before.get(key));
  const rows = changed.map(([, row]) => row);
  await writeUnits(runner, rows, metrics);
  await traffic.write();
  await segments.write();
  await addMultipleExposures(runner, multiples);
  return newlyCounted(changed, before);
}

interface Visit {
  readonly event: PredictionEvent;
  readonly unitId: string;
  readonly experiment: string;
  readonly variant: string;
  readonly phase?: number | undefined;
}

function groupOf({ event, experiment, variant, phase = 0 }: Visit, metrics: TrackedMetrics, segments: SegmentValues): UnitGroup {
  const declared = metrics.segmentAttributes(experiment);
  const own = declared.length === 0 ? [] : segments.admit(experiment, segmentsOf(declared, event.attributes));
  return { variant, segments: own, periodEndMs: periodEndOf(event.occurredAtMs, metrics.startedAtMs(experiment)), phase };
}

/** The row of the unit after the visit; the same object when nothing changed. */
function visited(row: UnitRow | undefined, { event, unitId, experiment, variant }: Visit, group: UnitGroup): UnitRow {
  const { id: firstPredictionId, occurredAtMs: firstExposedAtMs } = event;
  if (!row) return { unitId, experiment, group, firstPredictionId, firstExposedAtMs, multiple: false };
  const multiple = row.multiple || group.variant !== variant;
  if (multiple === row.multiple && firstExposedAtMs >= row.firstExposedAtMs) return row;
  return { ...row, multiple, firstExposedAtMs: Math.min(row.firstExposedAtMs, firstExposedAtMs) };
}

function foldMeasurements(
  event: PredictionEvent,
  key: { readonly unitId: string; readonly experiment: string; readonly group: UnitGroup },
  metrics: TrackedMetrics,
  units: UnitMetricChanges,
): void {
  for (const metric of metrics.of(key.experiment)) {
    const contribution = predictionContribution(metric, event);
    if (!contribution) continue;
    const apply = (totals: UnitTotals) => addContribution(metric, totals, contribution);
    units.add({ ...key, metric, histogram: isFirstValue(metric) ? 'IN_ONE' : null, apply });
    const isScore = metrics.scoredBy(key.experiment) === key.group.variant && scoredMetrics.includes(metric);
    if (isScore) units.addToCovariate({ ...key, metric, apply });
  }
}

function newlyCounted(rows: readonly (readonly [string, UnitRow])[], before: ReadonlyMap<string, UnitRow>): readonly NewlyCounted[] {
  return rows.flatMap(([key, { unitId, experiment, group, firstExposedAtMs }]) => {
    const earlierMs = before.get(key)?.firstExposedAtMs;
    if (earlierMs !== undefined && earlierMs <= firstExposedAtMs) return [];
    return [{ unitId, experiment, group, fromMs: firstExposedAtMs }];
  });
}

/** A unit's `UnitGroup`. */
export const groupColumns = `variant, segments, phase, (extract(epoch FROM period_end) * 1000)::float8 AS "periodEndMs"`;

function keyOf(unitId: string, experiment: string): string {
  return JSON.stringify([unitId, experiment]);
}

async function readUnits(
  runner: QueryRunner,
  keys: readonly { readonly unitId: string; readonly experiment: string }[],
): Promise<Map<string, UnitRow>> {
  const rows = await queryRows<Omit<UnitRow, 'group'> & UnitGroup & { readonly first_ms: number }>(
    runner,
    `SELECT unit_id AS "unitId", experiment, ${groupColumns}, multiple, first_prediction_id AS "firstPredictionId",
            (extract(epoch FROM first_exposed_at) * 1000)::float8 AS first_ms
       FROM experiment_unit JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS wanted(unit_id, experiment)) wanted USING (unit_id, experiment)`,
    [textArray(keys.map((key) => key.unitId)), textArray(keys.map((key) => key.experiment))],
  );
  return new Map(
    rows.map(({ first_ms: firstExposedAtMs, variant, segments, periodEndMs, phase, ...row }) => [
      keyOf(row.unitId, row.experiment),
      { ...row, group: { variant, segments, periodEndMs, phase }, firstExposedAtMs },
    ]),
  );
}

/** Where weights may change, replicas follow who is enrolled: the place grows in the order of the commits, for only one ingester folds at a time. */
async function writeUnits(runner: QueryRunner, rows: readonly UnitRow[], metrics: TrackedMetrics): Promise<void> {
  if (rows.length === 0) return;
  await runner.query(
    `INSERT INTO experiment_unit (unit_id, experiment, variant, segments, period_end, phase, first_exposed_at, first_prediction_id, multiple, place)
     SELECT "unitId", experiment, variant, segments, period_end, phase, first_exposed_at, "firstPredictionId", multiple,
            CASE WHEN followed THEN nextval('experiment_unit_place') END
       FROM jsonb_to_recordset($1::jsonb) AS row("unitId" text, experiment text, variant text, segments text[], period_end timestamptz,
            phase integer, first_exposed_at timestamptz, "firstPredictionId" uuid, multiple boolean, followed boolean)
      ORDER BY 1, 2
     ON CONFLICT (unit_id, experiment) DO UPDATE SET first_exposed_at = excluded.first_exposed_at, multiple = excluded.multiple`,
    [
      asRecordset(
        rows.map(({ group, ...row }) => ({
          ...row,
          ...group,
          period_end: new Date(group.periodEndMs),
          first_exposed_at: new Date(row.firstExposedAtMs),
          followed: metrics.changesWeights(row.experiment),
        })),
      ),
    ],
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

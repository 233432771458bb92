import type { QueryRunner } from 'typeorm';
import type { OutcomeEvent, PredictionEvent } from '../../events/event';
import { addOutcome, countsFor, noTotals, precedes, type UnitTotals } from '../../experiments/result-sums';
import type { UnitGroup } from '../../experiments/unit-group';
import { asRecordset, queryRows } from '../query-rows';
import { groupColumns, type NewlyCounted } from './fold-exposures';
import type { Histogram } from './recount';
import { rowsOfUnits } from './rows-of-units';
import type { TrackedMetric, TrackedMetrics } from './tracked-metrics';
import type { UnitMetricChanges } from './unit-metric-changes';

interface OutcomeRow {
  readonly unitId: string;
  readonly metric: string;
  readonly value: number;
  readonly denominator: number | null;
  readonly occurredAtMs: number;
  readonly receivedAtMs: number;
}

const outcomeColumns = `unit_id AS "unitId", metric, value, denominator, (extract(epoch FROM occurred_at) * 1000)::float8 AS "occurredAtMs",
            (extract(epoch FROM received_at) * 1000)::float8 AS "receivedAtMs"`;

/** Outcomes that were stored before the exposure that makes them count (they came through another replica), or before their prediction. */
export async function foldLateOutcomes(
  runner: QueryRunner,
  predictions: readonly PredictionEvent[],
  exposures: readonly NewlyCounted[],
  metrics: TrackedMetrics,
  units: UnitMetricChanges,
): Promise<void> {
  if (exposures.length > 0) {
    const rows = await queryRows<OutcomeRow>(runner, `SELECT ${outcomeColumns} FROM ${rowsOfUnits('outcome')} ORDER BY id`, [
      [...new Set(exposures.map((exposure) => exposure.unitId))],
    ]);
    const byUnit = groupByUnit(rows);
    for (const exposure of exposures) await countAnew(exposure, byUnit.get(exposure.unitId) ?? [], metrics, units);
  }
  await matchWaiting(runner, predictions, metrics, units);
}

/** Stores the outcomes of this batch and folds the new ones into every experiment that their unit is in. */
export async function foldOutcomes(
  runner: QueryRunner,
  events: readonly OutcomeEvent[],
  metrics: TrackedMetrics,
  units: UnitMetricChanges,
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({ ...event, occurred_at: new Date(event.occurredAtMs), received_at: new Date(event.receivedAtMs) }));
  const inserted = await queryRows<OutcomeRow>(
    runner,
    `INSERT INTO outcome (id, metric, unit_id, prediction_id, value, denominator, occurred_at, received_at, matched)
     SELECT row.id, row.metric, coalesce(row."unitId", prediction.unit_id), row."predictionId", row.value, row.denominator, row.occurred_at, row.received_at,
            row."predictionId" IS NULL OR prediction.id IS NOT NULL
       FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, metric text, "unitId" text, "predictionId" uuid, value double precision,
            denominator double precision, occurred_at timestamptz, received_at timestamptz)
       LEFT JOIN prediction ON prediction.id = row."predictionId"
      ORDER BY row.id
     ON CONFLICT DO NOTHING RETURNING ${outcomeColumns}`,
    [asRecordset(rows)],
  );
  await foldIntoUnits(runner, inserted, metrics, units);
}

/** Outcomes that named one of these predictions before it was here. */
async function matchWaiting(
  runner: QueryRunner,
  predictions: readonly PredictionEvent[],
  metrics: TrackedMetrics,
  units: UnitMetricChanges,
): Promise<void> {
  if (predictions.length === 0) return;
  const matched = await queryRows<OutcomeRow>(
    runner,
    `UPDATE outcome SET matched = true, unit_id = prediction.unit_id FROM prediction
      WHERE NOT outcome.matched AND outcome.prediction_id = ANY($1) AND prediction.id = outcome.prediction_id
      RETURNING outcome.unit_id AS "unitId", metric, value, denominator, (extract(epoch FROM outcome.occurred_at) * 1000)::float8 AS "occurredAtMs",
                (extract(epoch FROM received_at) * 1000)::float8 AS "receivedAtMs"`,
    [predictions.map((event) => event.id)],
  );
  await foldIntoUnits(runner, matched, metrics, units);
}

interface Membership {
  readonly unitId: string;
  readonly experiment: string;
  readonly group: UnitGroup;
  readonly fromMs: number;
}

async function foldIntoUnits(
  runner: QueryRunner,
  outcomes: readonly OutcomeRow[],
  metrics: TrackedMetrics,
  units: UnitMetricChanges,
): Promise<void> {
  const unitIds = [...new Set(outcomes.flatMap(({ unitId }) => (unitId === null ? [] : [unitId])))];
  if (unitIds.length === 0) return;
  const rows = await queryRows<Omit<Membership, 'group'> & UnitGroup>(
    runner,
    `SELECT unit_id AS "unitId", experiment, ${groupColumns}, (extract(epoch FROM first_exposed_at) * 1000)::float8 AS "fromMs"
       FROM ${rowsOfUnits('experiment_unit')}`,
    [unitIds],
  );
  const memberships = rows.map(({ unitId, experiment, fromMs, ...group }): Membership => ({ unitId, experiment, fromMs, group }));
  await metrics.load(memberships.map((membership) => membership.experiment));
  const byUnit = groupByUnit(memberships);
  for (const outcome of outcomes) {
    for (const membership of byUnit.get(outcome.unitId) ?? []) {
      await foldOne(outcome, membership, metrics, units);
    }
  }
}

function groupByUnit<Row extends { readonly unitId: string }>(rows: readonly Row[]): ReadonlyMap<string | null, readonly Row[]> {
  const groups = new Map<string | null, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.unitId);
    if (group) group.push(row);
    else groups.set(row.unitId, [row]);
  }
  return groups;
}

/** All that a unit did, since the time from which it counts is another one now, and with it the time until which. */
async function countAnew(
  { unitId, experiment, group, fromMs }: NewlyCounted,
  outcomes: readonly OutcomeRow[],
  metrics: TrackedMetrics,
  units: UnitMetricChanges,
): Promise<void> {
  for (const key of new Set(outcomes.map((outcome) => outcome.metric))) {
    const metric = metrics.of(experiment).includes(key) ? await metrics.metric(key) : null;
    if (!metric) continue;
    for (const outcome of outcomes) if (outcome.metric === key) units.seen.add(experiment, 'outcome', outcome.receivedAtMs);
    const totalsOf = (counts: (occurredAtMs: number) => boolean) =>
      outcomes
        .filter((outcome) => outcome.metric === key && counts(outcome.occurredAtMs))
        .reduce((sum, outcome) => addOutcome(metric, sum, outcome), noTotals);
    const unit = { unitId, experiment, group, metric: key, cap: metric.cap, histogram: histogramOf(metric) };
    const totals = totalsOf((atMs) => countsFor(metric, atMs, fromMs));
    units.add({ ...unit, apply: () => totals });
    const lookbackMs = metrics.lookbackMs(experiment);
    if (lookbackMs === null || metric.kind === 'quantile') continue;
    const before = totalsOf((atMs) => precedes(lookbackMs, atMs, fromMs));
    units.addToCovariate({ ...unit, apply: () => before });
  }
}

async function foldOne(
  outcome: OutcomeRow,
  { unitId, experiment, group, fromMs }: Membership,
  metrics: TrackedMetrics,
  units: UnitMetricChanges,
): Promise<void> {
  if (!metrics.of(experiment).includes(outcome.metric)) return;
  const metric = await metrics.metric(outcome.metric);
  if (!metric) return;
  // Also one that came too late to count: data still comes.
  units.seen.add(experiment, 'outcome', outcome.receivedAtMs);
  const { key, cap } = metric;
  const change = {
    unitId,
    experiment,
    group,
    metric: key,
    cap,
    histogram: histogramOf(metric),
    apply: (totals: UnitTotals) => addOutcome(metric, totals, outcome),
  };
  const lookbackMs = metrics.lookbackMs(experiment);
  if (countsFor(metric, outcome.occurredAtMs, fromMs)) units.add(change);
  else if (lookbackMs !== null && metric.kind !== 'quantile' && precedes(lookbackMs, outcome.occurredAtMs, fromMs))
    units.addToCovariate(change);
}

/** Only a metric that waits for its units is ever asked for some of its periods. */
function histogramOf({ kind, maturityMs }: TrackedMetric): Histogram | null {
  if (kind !== 'quantile') return null;
  return maturityMs > 0 ? 'BY_PERIOD' : 'IN_ONE';
}

import type { DataSource } from 'typeorm';
import type { FeatureBucket, PastAnswer, PerformanceBucket, ReferenceRow } from '../drift/drift-store';
import type { Answer, InputFeatures } from '../events/event';
import { queryRows } from './query-rows';

/** Readers of what the ingester counted for drift. */

export async function readFeatureBuckets(dataSource: DataSource, referenceId: string, since: Date): Promise<readonly FeatureBucket[]> {
  const rows = await queryRows<{ feature: string; started_at: Date; counts: readonly string[] }>(
    dataSource,
    'SELECT feature, started_at, counts FROM drift_bucket WHERE reference_id = $1 AND started_at >= $2 ORDER BY started_at DESC, feature',
    [referenceId, since],
  );
  return rows.map((row) => ({ feature: row.feature, startedAt: row.started_at, counts: row.counts.map(Number) }));
}

interface PerformanceRow {
  readonly hour: Date;
  readonly predictions: string;
  readonly labelled: string;
  readonly correct: string;
  readonly confidence_sum: number;
  readonly confusion: readonly { readonly truth: number; readonly predicted: number; readonly count: number }[] | null;
}

export async function readPerformance(
  dataSource: DataSource,
  model: string,
  version: string | null,
  since: Date,
): Promise<readonly PerformanceBucket[]> {
  const rows = await queryRows<PerformanceRow>(
    dataSource,
    `WITH performance AS (
       SELECT hour, sum(predictions) AS predictions, sum(labelled) AS labelled, sum(correct) AS correct, sum(confidence_sum) AS confidence_sum
         FROM performance_bucket WHERE model = $1 AND ($2::text IS NULL OR version = $2) AND hour >= $3 GROUP BY hour),
     cells AS (
       SELECT hour, truth, predicted, sum(count)::float8 AS count
         FROM confusion_bucket WHERE model = $1 AND ($2::text IS NULL OR version = $2) AND hour >= $3 GROUP BY hour, truth, predicted),
     confusion AS (
       SELECT hour, jsonb_agg(jsonb_build_object('truth', truth, 'predicted', predicted, 'count', count) ORDER BY truth, predicted) AS confusion
         FROM cells WHERE count > 0 GROUP BY hour)
     SELECT * FROM performance LEFT JOIN confusion USING (hour) ORDER BY hour DESC`,
    [model, version, since],
  );
  return rows.map((row) => ({
    startedAt: row.hour,
    predictions: Number(row.predictions),
    labelled: Number(row.labelled),
    correct: Number(row.correct),
    confidenceSum: row.confidence_sum,
    confusion: row.confusion ?? [],
  }));
}

export interface RecentRequest {
  readonly model: string;
  readonly version: string;
  readonly limit: number;
  readonly since: Date;
}

export async function readReferenceRows(
  dataSource: DataSource,
  { model, version, limit, since }: RecentRequest,
): Promise<readonly ReferenceRow[]> {
  // Each operator on a json parses all of it; this takes it apart once.
  const rows = await queryRows<{ inputFeatures: InputFeatures; outcome: { readonly answer: Answer }; correct: boolean | null }>(
    dataSource,
    `SELECT part."inputFeatures", part.outcome, l.correct
       FROM prediction p
       CROSS JOIN LATERAL json_to_record(p.event) AS part("inputFeatures" json, outcome json)
       LEFT JOIN prediction_label l ON l.prediction_id = p.id
      WHERE p.model = $1 AND p.version = $2 AND part.outcome->>'status' = 'succeeded' AND p.occurred_at >= $3 ORDER BY p.id DESC LIMIT $4`,
    [model, version, since, limit],
  );
  return rows.map(({ inputFeatures, outcome: { answer }, correct }) => ({
    inputFeatures,
    label: answer.kind === 'classification' ? answer.label : null,
    confidence: answer.kind === 'classification' ? answer.confidence : null,
    value: answer.kind === 'regression' ? answer.value : null,
    correct,
  }));
}

/** Nothing but what is compared leaves the database: whole answers of a thousand classes would stop the event loop. */
export async function readPastAnswers(
  dataSource: DataSource,
  { model, version, limit, since }: RecentRequest,
): Promise<readonly PastAnswer[]> {
  return queryRows<PastAnswer>(
    dataSource,
    `SELECT answer.label, answer.value
       FROM prediction p
       CROSS JOIN LATERAL json_to_record(p.event) AS part(outcome json)
       CROSS JOIN LATERAL json_to_record(part.outcome) AS outcome(status text, answer json)
       CROSS JOIN LATERAL json_to_record(outcome.answer) AS answer(label text, value float8)
      WHERE p.model = $1 AND p.version = $2 AND outcome.status = 'succeeded' AND p.occurred_at >= $3 ORDER BY p.id DESC LIMIT $4`,
    [model, version, since, limit],
  );
}

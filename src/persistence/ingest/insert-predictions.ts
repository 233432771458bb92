import type { QueryRunner } from 'typeorm';
import type { PredictionEvent } from '../../events/event';
import { asRecordset, queryRows } from '../query-rows';

/** Stores predictions. @returns those whose id was not known, in the order given: only these may be counted. */
export async function insertPredictions(runner: QueryRunner, events: readonly PredictionEvent[]): Promise<readonly PredictionEvent[]> {
  if (events.length === 0) return [];
  const rows = events.map((event) => ({
    id: event.id,
    occurred_at: new Date(event.occurredAtMs),
    model: event.model,
    version: event.version,
    unit_id: event.unitId,
    attributes: event.attributes,
    assignments: event.assignments,
    answer: event.outcome.status === 'succeeded' ? event.outcome.answer : null,
    failure_code: event.outcome.status === 'failed' ? event.outcome.code : null,
    failure_message: event.outcome.status === 'failed' ? event.outcome.message : null,
    input_features: event.inputFeatures,
    timing: event.timing,
  }));
  const inserted = await queryRows<{ id: string }>(
    runner,
    `INSERT INTO prediction (id, occurred_at, model, version, unit_id, attributes, assignments, answer, failure_code, failure_message, input_features, timing)
     SELECT id, occurred_at, model, version, unit_id, nullif(attributes, 'null'), assignments, nullif(answer, 'null'), failure_code, failure_message, input_features, timing
       FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, occurred_at timestamptz, model text, version text, unit_id text, attributes jsonb,
            assignments jsonb, answer jsonb, failure_code text, failure_message text, input_features jsonb, timing jsonb)
      ORDER BY id
     ON CONFLICT DO NOTHING RETURNING id`,
    [asRecordset(rows)],
  );
  const fresh = new Set(inserted.map((row) => row.id));
  // The same id twice in one batch is stored once; it must be counted once too.
  return events.filter((event) => fresh.delete(event.id));
}

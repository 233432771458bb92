import type { QueryRunner } from 'typeorm';
import type { PredictionEvent } from '../../events/event';
import type { JournalEntry } from '../../events/event-journal';
import { jsonbArray } from '../binary-array';
import { queryRows } from '../query-rows';

export type PredictionEntry = JournalEntry & { readonly event: PredictionEvent };

/**
 * Stores predictions, from the JSON that they were journaled as: making it again would cost more than all else here.
 * @returns those whose id was not known, in the order given: only these may be counted.
 */
export async function insertPredictions(runner: QueryRunner, entries: readonly PredictionEntry[]): Promise<readonly PredictionEntry[]> {
  if (entries.length === 0) return [];
  // Ids come back only when there were some that were known.
  const [result] = await queryRows<{ ids: readonly string[] | null }>(
    runner,
    `WITH inserted AS (
       INSERT INTO prediction (id, occurred_at, model, version, unit_id, attributes, assignments, answer, failure_code, failure_message, input_features, timing)
       SELECT (event->>'id')::uuid, to_timestamp((event->>'occurredAtMs')::float8 / 1000), event->>'model', event->>'version', event->>'unitId',
              nullif(event->'attributes', 'null'), event->'assignments', event->'outcome'->'answer', event->'outcome'->>'code',
              event->'outcome'->>'message', event->'inputFeatures', event->'timing'
         FROM unnest($1::jsonb[]) AS event
       ON CONFLICT DO NOTHING RETURNING id)
     SELECT CASE WHEN count(*) < cardinality($1) THEN coalesce(array_agg(id), '{}') END AS ids FROM inserted`,
    [jsonbArray(entries.map(({ json }) => json))],
  );
  if (!result?.ids) return entries;
  const fresh = new Set(result.ids);
  // The same id twice in one batch is stored once; it must be counted once too.
  return entries.filter(({ event }) => fresh.delete(event.id));
}

import type { QueryRunner } from 'typeorm';
import type { PredictionEvent } from '../../events/event';
import type { JournalEntry } from '../../events/event-journal';
import { float8Array, jsonArray, jsonbArray, textArray, uuidArray } from '../binary-array';
import { queryRows } from '../query-rows';

export type PredictionEntry = JournalEntry & { readonly event: PredictionEvent };

/** Most predictions are in no experiment. */
const noAssignments = Buffer.from('[]');

/**
 * Stores predictions as the JSON that they were journaled as, beside the few columns that are searched.
 * @returns those whose id was not known, in the order given: only these may be counted.
 */
export async function insertPredictions(runner: QueryRunner, entries: readonly PredictionEntry[]): Promise<readonly PredictionEntry[]> {
  if (entries.length === 0) return [];
  const events = entries.map(({ event }) => event);
  // Ids come back only when there were some that were known.
  const [result] = await queryRows<{ ids: readonly string[] | null }>(
    runner,
    `WITH inserted AS (
       INSERT INTO prediction (id, occurred_at, model, version, unit_id, assignments, event)
       SELECT id, to_timestamp(occurred_ms / 1000), model, version, unit_id, assignments, event
         FROM unnest($1::uuid[], $2::float8[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::json[])
              AS row(id, occurred_ms, model, version, unit_id, assignments, event)
       ON CONFLICT DO NOTHING RETURNING id)
     SELECT CASE WHEN count(*) < cardinality($1) THEN coalesce(array_agg(id), '{}') END AS ids FROM inserted`,
    [
      uuidArray(events.map(({ id }) => id)),
      float8Array(events.map(({ occurredAtMs }) => occurredAtMs)),
      textArray(events.map(({ model }) => model)),
      textArray(events.map(({ version }) => version)),
      textArray(events.map(({ unitId }) => unitId)),
      jsonbArray(events.map(({ assignments }) => (assignments.length === 0 ? noAssignments : Buffer.from(JSON.stringify(assignments))))),
      jsonArray(entries.map(({ json }) => json)),
    ],
  );
  if (!result?.ids) return entries;
  const fresh = new Set(result.ids);
  // The same id twice in one batch is stored once; it must be counted once too.
  return entries.filter(({ event }) => fresh.delete(event.id));
}

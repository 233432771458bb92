import type { QueryRunner } from 'typeorm';
import type { PredictionEvent } from '../../events/event';
import { queryRows } from '../query-rows';

interface Waiting {
  readonly labels: boolean;
  readonly outcomes: boolean;
}

/**
 * Whether any labels or outcomes came before their prediction and could have waited for one of these. Mostly none did, and then nobody looks
 * for them prediction by prediction.
 */
export async function findWaiting(runner: QueryRunner, fresh: readonly PredictionEvent[]): Promise<Waiting> {
  if (fresh.length === 0) return { labels: false, outcomes: false };
  const ids = fresh.map((event) => event.id).sort();
  // In the order of their partial indexes, so that these are read (they are empty or short), never a table.
  const [waiting] = await queryRows<Waiting>(
    runner,
    `SELECT (SELECT received_at FROM prediction_label WHERE NOT matched AND prediction_id BETWEEN $1 AND $2 ORDER BY received_at LIMIT 1) IS NOT NULL AS labels,
            (SELECT received_at FROM outcome WHERE NOT matched ORDER BY received_at LIMIT 1) IS NOT NULL AS outcomes`,
    [ids[0], ids.at(-1)],
  );
  return waiting ?? { labels: true, outcomes: true };
}

import type { DataSource } from 'typeorm';
import { queryRows } from '../query-rows';

const waitMs = 86_400_000;

/**
 * Labels and outcomes whose prediction did not come within a day go to dead_letter and are counted in the health of the experiments
 * that track their metric. @returns how many
 */
export async function sweepUnmatched(dataSource: DataSource, nowMs: number): Promise<number> {
  const before = new Date(nowMs - waitMs);
  return dataSource.transaction(async ({ queryRunner }) => {
    if (!queryRunner) throw new Error('A transaction without a query runner');
    const labels = await queryRows(
      queryRunner,
      `WITH gone AS (DELETE FROM prediction_label WHERE NOT matched AND received_at < $1 RETURNING *)
       INSERT INTO dead_letter (event_type, event_id, reason, detail, event)
       SELECT 'label', id::text, 'unmatched', 'no prediction ' || prediction_id, to_jsonb(gone)::text FROM gone ON CONFLICT DO NOTHING RETURNING 'accuracy' AS metric`,
      [before],
    );
    const outcomes = await queryRows(
      queryRunner,
      `WITH gone AS (DELETE FROM outcome WHERE NOT matched AND received_at < $1 RETURNING *),
       buried AS (INSERT INTO dead_letter (event_type, event_id, reason, detail, event)
         SELECT 'outcome', id::text, 'unmatched', 'no prediction ' || prediction_id, to_jsonb(gone)::text FROM gone ON CONFLICT DO NOTHING)
       SELECT metric FROM gone`,
      [before],
    );
    const metrics = [...labels, ...outcomes].map((row) => (row as { readonly metric: string }).metric);
    if (metrics.length === 0) return 0;
    await queryRunner.query(
      `INSERT INTO experiment_health AS health (experiment, multiple_exposures, unmatched)
       SELECT experiment.key, 0, count(*) FROM unnest($1::text[]) AS metric
         JOIN experiment ON experiment.status <> 'DRAFT' AND (experiment.plan->>'primaryMetric' = metric OR experiment.plan->'secondaryMetrics' ? metric
           OR experiment.plan->'guardrails' @> jsonb_build_array(jsonb_build_object('metric', metric)))
        GROUP BY experiment.key ORDER BY experiment.key
       ON CONFLICT (experiment) DO UPDATE SET unmatched = health.unmatched + excluded.unmatched`,
      [metrics],
    );
    return metrics.length;
  });
}

import type { QueryRunner } from 'typeorm';
import { asRecordset } from '../query-rows';

export interface Traffic {
  readonly experiment: string;
  readonly variant: string;
  readonly exposed: number;
  readonly predictions: number;
  readonly labelled: number;
}

/** Adds to the counters of the variants. */
export async function addTraffic(runner: QueryRunner, traffic: readonly Traffic[]): Promise<void> {
  if (traffic.length === 0) return;
  await runner.query(
    `INSERT INTO variant_traffic AS traffic (experiment, variant, exposed_units, predictions, labelled_predictions)
     SELECT experiment, variant, sum(exposed), sum(predictions), sum(labelled)
       FROM jsonb_to_recordset($1::jsonb) AS row(experiment text, variant text, exposed bigint, predictions bigint, labelled bigint)
      GROUP BY 1, 2 ORDER BY 1, 2
     ON CONFLICT (experiment, variant) DO UPDATE SET exposed_units = traffic.exposed_units + excluded.exposed_units,
        predictions = traffic.predictions + excluded.predictions, labelled_predictions = traffic.labelled_predictions + excluded.labelled_predictions`,
    [asRecordset(traffic)],
  );
}

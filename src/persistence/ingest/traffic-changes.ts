import type { QueryRunner } from 'typeorm';
import { asRecordset } from '../query-rows';

interface Traffic {
  readonly experiment: string;
  readonly variant: string;
  readonly exposed: number;
  readonly predictions: number;
  readonly labelled: number;
}

/** What a batch adds to the counters of the variants. */
export class TrafficChanges {
  readonly #runner: QueryRunner;
  readonly #byVariant = new Map<string, Traffic>();

  constructor(runner: QueryRunner) {
    this.#runner = runner;
  }

  add(one: Traffic): void {
    const { experiment, variant } = one;
    const key = JSON.stringify([experiment, variant]);
    const { exposed, predictions, labelled } = this.#byVariant.get(key) ?? { exposed: 0, predictions: 0, labelled: 0 };
    this.#byVariant.set(key, {
      experiment,
      variant,
      exposed: exposed + one.exposed,
      predictions: predictions + one.predictions,
      labelled: labelled + one.labelled,
    });
  }

  async write(): Promise<void> {
    if (this.#byVariant.size === 0) return;
    await this.#runner.query(
      `INSERT INTO variant_traffic AS traffic (experiment, variant, exposed_units, predictions, labelled_predictions)
       SELECT experiment, variant, exposed, predictions, labelled
         FROM jsonb_to_recordset($1::jsonb) AS row(experiment text, variant text, exposed bigint, predictions bigint, labelled bigint)
        ORDER BY 1, 2
       ON CONFLICT (experiment, variant) DO UPDATE SET exposed_units = traffic.exposed_units + excluded.exposed_units,
          predictions = traffic.predictions + excluded.predictions, labelled_predictions = traffic.labelled_predictions + excluded.labelled_predictions`,
      [asRecordset([...this.#byVariant.values()])],
    );
  }
}

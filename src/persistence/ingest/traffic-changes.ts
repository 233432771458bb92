import type { QueryRunner } from 'typeorm';
import { everyone, type Segment } from '../../experiments/segment';
import type { UnitGroup } from '../../experiments/unit-group';
import { asRecordset } from '../query-rows';

interface Counts {
  readonly exposed: number;
  readonly predictions: number;
  readonly labelled: number;
}

interface Traffic extends Counts {
  readonly experiment: string;
  readonly group: UnitGroup;
}

interface Row extends Counts {
  readonly experiment: string;
  readonly segment: Segment;
  readonly variant: string;
  readonly period_end: Date;
  readonly phase: number;
}

/** What a batch adds to the counters of the variants, in each of their segments and periods. */
export class TrafficChanges {
  readonly #runner: QueryRunner;
  readonly #rows = new Map<string, Row>();

  constructor(runner: QueryRunner) {
    this.#runner = runner;
  }

  add({ experiment, group, ...counts }: Traffic): void {
    for (const segment of [everyone, ...group.segments]) this.#addTo({ experiment, segment, group }, counts);
  }

  #addTo({ experiment, segment, group }: Pick<Traffic, 'experiment' | 'group'> & { readonly segment: Segment }, counts: Counts): void {
    const { variant, periodEndMs, phase } = group;
    // Keys have no spaces, and what may have some stands last.
    const key = `${experiment} ${variant} ${periodEndMs} ${phase} ${segment}`;
    const { exposed, predictions, labelled } = this.#rows.get(key) ?? { exposed: 0, predictions: 0, labelled: 0 };
    this.#rows.set(key, {
      experiment,
      segment,
      variant,
      period_end: new Date(periodEndMs),
      phase,
      exposed: exposed + counts.exposed,
      predictions: predictions + counts.predictions,
      labelled: labelled + counts.labelled,
    });
  }

  async write(): Promise<void> {
    if (this.#rows.size === 0) return;
    await this.#runner.query(
      `INSERT INTO variant_traffic AS traffic (experiment, segment, variant, period_end, phase, exposed_units, predictions, labelled_predictions)
       SELECT experiment, segment, variant, period_end, phase, exposed, predictions, labelled
         FROM jsonb_to_recordset($1::jsonb) AS row(experiment text, segment text, variant text, period_end timestamptz, phase integer, exposed bigint, predictions bigint,
              labelled bigint)
        ORDER BY 1, 2, 3, 4, 5
       ON CONFLICT (experiment, segment, variant, period_end, phase) DO UPDATE SET exposed_units = traffic.exposed_units + excluded.exposed_units,
          predictions = traffic.predictions + excluded.predictions, labelled_predictions = traffic.labelled_predictions + excluded.labelled_predictions`,
      [asRecordset([...this.#rows.values()])],
    );
  }
}

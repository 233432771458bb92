import type { QueryRunner } from 'typeorm';
import { addSums, type MetricSums, noSums, noTotals, sumsDelta, type UnitTotals } from '../../experiments/result-sums';
import { asRecordset, queryRows } from '../query-rows';

interface Change {
  readonly unitId: string;
  readonly experiment: string;
  readonly variant: string;
  readonly metric: string;
  readonly apply: (totals: UnitTotals) => UnitTotals;
}

/**
 * What a batch does to the totals of units and, through them, to the sums of variants. Sums are doubles that take the difference of each step;
 * after n steps the relative error is at most about n times 1e-16 of the largest partial sum.
 */
export class UnitMetricChanges {
  readonly #runner: QueryRunner;
  readonly #changes: Change[] = [];

  constructor(runner: QueryRunner) {
    this.#runner = runner;
  }

  add(change: Change): void {
    this.#changes.push(change);
  }

  async write(): Promise<void> {
    if (this.#changes.length === 0) return;
    const totals = await this.#readTotals();
    const sums = new Map<string, { readonly experiment: string; readonly variant: string; readonly metric: string; sums: MetricSums }>();
    for (const { unitId, experiment, variant, metric, apply } of this.#changes) {
      const unitKey = JSON.stringify([unitId, experiment, metric]);
      const before = totals.get(unitKey)?.totals ?? noTotals;
      const after = apply(before);
      totals.set(unitKey, { unitId, experiment, metric, totals: after });
      const variantKey = JSON.stringify([experiment, variant, metric]);
      const entry = sums.get(variantKey) ?? { experiment, variant, metric, sums: noSums };
      entry.sums = addSums(entry.sums, sumsDelta(before, after));
      sums.set(variantKey, entry);
    }
    await this.#writeTotals([...totals.values()].map(({ totals: one, ...key }) => ({ ...key, ...one })));
    await this.#writeSums([...sums.values()].map(({ sums: one, ...key }) => ({ ...key, ...one })));
  }

  async #readTotals() {
    const keys = this.#changes.map(({ unitId, experiment, metric }) => ({ unitId, experiment, metric }));
    const rows = await queryRows<{ unit_id: string; experiment: string; metric: string; numerator: number; denominator: number }>(
      this.#runner,
      `SELECT unit_id, experiment, metric, numerator, denominator FROM unit_metric
         JOIN (SELECT DISTINCT "unitId" AS unit_id, experiment, metric
                 FROM jsonb_to_recordset($1::jsonb) AS wanted("unitId" text, experiment text, metric text)) wanted USING (unit_id, experiment, metric)`,
      [asRecordset(keys)],
    );
    return new Map(
      rows.map(({ unit_id: unitId, experiment, metric, numerator, denominator }) => [
        JSON.stringify([unitId, experiment, metric]),
        { unitId, experiment, metric, totals: { numerator, denominator } },
      ]),
    );
  }

  async #writeTotals(rows: readonly object[]): Promise<void> {
    await this.#runner.query(
      `INSERT INTO unit_metric (unit_id, experiment, metric, numerator, denominator)
       SELECT "unitId", experiment, metric, numerator, denominator
         FROM jsonb_to_recordset($1::jsonb) AS row("unitId" text, experiment text, metric text, numerator double precision, denominator double precision)
        ORDER BY 1, 2, 3
       ON CONFLICT (unit_id, experiment, metric) DO UPDATE SET numerator = excluded.numerator, denominator = excluded.denominator`,
      [asRecordset(rows)],
    );
  }

  async #writeSums(rows: readonly object[]): Promise<void> {
    await this.#runner.query(
      `INSERT INTO variant_sums AS sums (experiment, variant, metric, units, numerator, denominator, numerator_squared, denominator_squared, product)
       SELECT experiment, variant, metric, units, numerator, denominator, "numeratorSquared", "denominatorSquared", product
         FROM jsonb_to_recordset($1::jsonb) AS row(experiment text, variant text, metric text, units bigint, numerator double precision,
              denominator double precision, "numeratorSquared" double precision, "denominatorSquared" double precision, product double precision)
        ORDER BY 1, 2, 3
       ON CONFLICT (experiment, variant, metric) DO UPDATE SET units = sums.units + excluded.units,
          numerator = sums.numerator + excluded.numerator, denominator = sums.denominator + excluded.denominator,
          numerator_squared = sums.numerator_squared + excluded.numerator_squared,
          denominator_squared = sums.denominator_squared + excluded.denominator_squared, product = sums.product + excluded.product`,
      [asRecordset(rows)],
    );
  }
}

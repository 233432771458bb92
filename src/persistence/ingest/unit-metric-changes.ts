import type { QueryRunner } from 'typeorm';
import { addSums, type MetricSums, noSums, noTotals, sumsDelta, type UnitTotals } from '../../experiments/result-sums';
import { float8Array, textArray } from '../binary-array';
import { asRecordset, queryRows } from '../query-rows';

interface UnitMetric {
  readonly unitId: string;
  readonly experiment: string;
  readonly metric: string;
}

interface Change extends UnitMetric {
  /** The one that the unit is analysed in: always the same one for a unit of an experiment. */
  readonly variant: string;
  readonly apply: (totals: UnitTotals) => UnitTotals;
}

/** What the batch does to one metric of one unit, step by step. */
interface Entry extends UnitMetric {
  readonly variant: string;
  readonly steps: Change['apply'][];
}

/**
 * What a batch does to the totals of units and, through them, to the sums of variants. Sums are doubles that take the difference of each step;
 * after n steps the relative error is at most about n times 1e-16 of the largest partial sum.
 */
export class UnitMetricChanges {
  readonly #runner: QueryRunner;
  readonly #entries: Entry[] = [];
  /** By experiment, metric and unit. Maps in maps, because joining the three into one key takes longer than all else here. */
  readonly #index = new Map<string, Map<string, Map<string, Entry>>>();

  constructor(runner: QueryRunner) {
    this.#runner = runner;
  }

  add({ unitId, experiment, variant, metric, apply }: Change): void {
    const units = inner(inner(this.#index, experiment), metric);
    const known = units.get(unitId);
    if (known) {
      known.steps.push(apply);
      return;
    }
    const entry = { unitId, experiment, variant, metric, steps: [apply] };
    units.set(unitId, entry);
    this.#entries.push(entry);
  }

  async write(): Promise<void> {
    if (this.#entries.length === 0) return;
    const before = await this.#readTotals();
    const after = this.#entries.map(({ steps }, index) => steps.reduce((totals, apply) => apply(totals), before[index] ?? noTotals));
    const sums = new Map<string, Map<string, Map<string, MetricSums>>>();
    for (const [index, { experiment, variant, metric }] of this.#entries.entries()) {
      const delta = sumsDelta(before[index] ?? noTotals, after[index] ?? noTotals);
      const metrics = inner(inner(sums, experiment), variant);
      metrics.set(metric, addSums(metrics.get(metric) ?? noSums, delta));
    }
    await this.#writeTotals(after);
    await this.#writeSums(
      [...sums].flatMap(([experiment, variants]) =>
        [...variants].flatMap(([variant, metrics]) => [...metrics].map(([metric, one]) => ({ experiment, variant, metric, ...one }))),
      ),
    );
  }

  /** By the place of the entry; a hole where there is nothing yet. */
  async #readTotals(): Promise<readonly (UnitTotals | undefined)[]> {
    const rows = await queryRows<UnitTotals & { readonly place: number }>(
      this.#runner,
      `SELECT place::int, numerator, denominator
         FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS wanted(unit_id, experiment, metric, place)
         JOIN unit_metric USING (unit_id, experiment, metric)`,
      this.#keys(),
    );
    const totals: (UnitTotals | undefined)[] = [];
    for (const { place, ...one } of rows) totals[place - 1] = one;
    return totals;
  }

  async #writeTotals(totals: readonly UnitTotals[]): Promise<void> {
    await this.#runner.query(
      `INSERT INTO unit_metric (unit_id, experiment, metric, numerator, denominator)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[]) ORDER BY 1, 2, 3
       ON CONFLICT (unit_id, experiment, metric) DO UPDATE SET numerator = excluded.numerator, denominator = excluded.denominator`,
      [...this.#keys(), float8Array(totals.map((one) => one.numerator)), float8Array(totals.map((one) => one.denominator))],
    );
  }

  #keys(): readonly Buffer[] {
    return [
      textArray(this.#entries.map((entry) => entry.unitId)),
      textArray(this.#entries.map((entry) => entry.experiment)),
      textArray(this.#entries.map((entry) => entry.metric)),
    ];
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

function inner<Key, Value>(outer: Map<string, Map<Key, Value>>, key: string): Map<Key, Value> {
  let found = outer.get(key);
  if (!found) {
    found = new Map();
    outer.set(key, found);
  }
  return found;
}

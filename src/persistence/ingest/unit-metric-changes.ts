import type { QueryRunner } from 'typeorm';
import { addSums, type MetricSums, noTotals, sumsDelta, type UnitTotals } from '../../experiments/result-sums';
import { everyone, type Segment } from '../../experiments/segment';
import type { UnitGroup } from '../../experiments/unit-group';
import { float8Array, textArray } from '../binary-array';
import { asRecordset, queryRows } from '../query-rows';

interface UnitMetric {
  readonly unitId: string;
  readonly experiment: string;
  readonly metric: string;
}

interface Change extends UnitMetric {
  /** Always the same one for a unit of an experiment. */
  readonly group: UnitGroup;
  /** The metric's; always the same one. */
  readonly cap?: number | null;
  readonly apply: (totals: UnitTotals) => UnitTotals;
}

/** What the batch does to one metric of one unit, step by step. */
interface Entry extends UnitMetric {
  readonly group: UnitGroup;
  readonly cap: number | null;
  readonly steps: Change['apply'][];
}

interface SumsRow extends MetricSums {
  readonly experiment: string;
  readonly segment: Segment;
  readonly variant: string;
  readonly metric: string;
  readonly period_end: Date;
}

/** A row whose sums grow with each unit. Apart, because copying the whole row for each of them took a fifth of the ingester's time. */
interface Growing {
  readonly row: Omit<SumsRow, keyof MetricSums>;
  sums: MetricSums;
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

  add({ unitId, experiment, group, metric, cap = null, apply }: Change): void {
    const units = inner(inner(this.#index, experiment), metric);
    const known = units.get(unitId);
    if (known) {
      known.steps.push(apply);
      return;
    }
    const entry = { unitId, experiment, group, metric, cap, steps: [apply] };
    units.set(unitId, entry);
    this.#entries.push(entry);
  }

  async write(): Promise<void> {
    if (this.#entries.length === 0) return;
    const before = await this.#readTotals();
    const after = this.#entries.map(({ steps }, index) => steps.reduce((totals, apply) => apply(totals), before[index] ?? noTotals));
    const sums = new Map<string, Growing>();
    for (const [index, entry] of this.#entries.entries()) {
      const delta = sumsDelta(before[index] ?? noTotals, after[index] ?? noTotals, entry.cap);
      for (const segment of [everyone, ...entry.group.segments]) addTo(sums, entry, segment, delta);
    }
    await this.#writeTotals(after);
    await this.#writeSums([...sums.values()].map((one) => ({ ...one.row, ...one.sums })));
  }

  /** By the place of the entry; a hole where there is nothing yet. */
  async #readTotals(): Promise<readonly (UnitTotals | undefined)[]> {
    const rows = await queryRows<UnitTotals & { readonly place: number }>(
      this.#runner,
      // One by one: a join of a large batch reads all units of a table of some hundred thousand. OFFSET 0 keeps the look-ups as they are written.
      `SELECT place::int, numerator, denominator
         FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS wanted(unit_id, experiment, metric, place)
        CROSS JOIN LATERAL (SELECT numerator, denominator FROM unit_metric known
                             WHERE known.unit_id = wanted.unit_id AND known.experiment = wanted.experiment AND known.metric = wanted.metric
                            OFFSET 0) AS known`,
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

  async #writeSums(rows: readonly SumsRow[]): Promise<void> {
    await this.#runner.query(
      `INSERT INTO variant_sums AS sums (experiment, segment, variant, metric, period_end, units, numerator, denominator, numerator_squared, denominator_squared, product)
       SELECT experiment, segment, variant, metric, period_end, units, numerator, denominator, "numeratorSquared", "denominatorSquared", product
         FROM jsonb_to_recordset($1::jsonb) AS row(experiment text, segment text, variant text, metric text, period_end timestamptz, units bigint,
              numerator double precision, denominator double precision, "numeratorSquared" double precision, "denominatorSquared" double precision,
              product double precision)
        ORDER BY 1, 2, 3, 4, 5
       ON CONFLICT (experiment, segment, variant, metric, period_end) DO UPDATE SET units = sums.units + excluded.units,
          numerator = sums.numerator + excluded.numerator, denominator = sums.denominator + excluded.denominator,
          numerator_squared = sums.numerator_squared + excluded.numerator_squared,
          denominator_squared = sums.denominator_squared + excluded.denominator_squared, product = sums.product + excluded.product`,
      [asRecordset(rows)],
    );
  }
}

function addTo(
  sums: Map<string, Growing>,
  { experiment, metric, group: { variant, periodEndMs } }: Entry,
  segment: Segment,
  delta: MetricSums,
) {
  // Keys have no spaces, and what may have some stands last.
  const key = `${experiment} ${variant} ${metric} ${periodEndMs} ${segment}`;
  const known = sums.get(key);
  if (known) known.sums = addSums(known.sums, delta);
  else sums.set(key, { row: { experiment, segment, variant, metric, period_end: new Date(periodEndMs) }, sums: delta });
}

function inner<Key, Value>(outer: Map<string, Map<Key, Value>>, key: string): Map<Key, Value> {
  let found = outer.get(key);
  if (!found) {
    found = new Map();
    outer.set(key, found);
  }
  return found;
}

import type { QueryRunner } from 'typeorm';
import { addSums, type MetricSums, noSums, noTotals, sumsDelta, type UnitTotals } from '../../experiments/result-sums';
import { everyone, type Segment } from '../../experiments/segment';
import type { UnitGroup } from '../../experiments/unit-group';
import { logarithmicBin } from '../../statistics/logarithmic-bins';
import { float8Array, textArray } from '../binary-array';
import { asRecordset, queryRows } from '../query-rows';
import { allPeriods, type TallyChanges } from './tally-changes';

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
  /** Of a quantile metric, whose units are counted by value and not summed: whether its periods are told apart. Always the same one. */
  readonly histogram?: Histogram | null;
  readonly apply: (totals: UnitTotals) => UnitTotals;
}

export type Histogram = 'BY_PERIOD' | 'IN_ONE';

/** What the batch does to one metric of one unit, step by step. */
interface Entry extends UnitMetric {
  readonly group: UnitGroup;
  readonly cap: number | null;
  readonly histogram: Histogram | null;
  readonly steps: Change['apply'][];
}

interface SumsRow extends MetricSums {
  readonly experiment: string;
  readonly segment: Segment;
  readonly variant: string;
  readonly metric: string;
  readonly period_end: Date;
}

/**
 * What a batch does to the totals of units and, through them, to the sums of variants. Sums are doubles that take the difference of each step;
 * after n steps the relative error is at most about n times 1e-16 of the largest partial sum.
 */
export class UnitMetricChanges {
  readonly #runner: QueryRunner;
  readonly #tallies: TallyChanges;
  readonly #entries: Entry[] = [];
  /** By experiment, metric and unit. Maps in maps, because joining the three into one key takes longer than all else here. */
  readonly #index = new Map<string, Map<string, Map<string, Entry>>>();

  constructor(runner: QueryRunner, tallies: TallyChanges) {
    this.#runner = runner;
    this.#tallies = tallies;
  }

  add({ unitId, experiment, group, metric, cap = null, histogram = null, apply }: Change): void {
    const units = inner(inner(this.#index, experiment), metric);
    const known = units.get(unitId);
    if (known) {
      known.steps.push(apply);
      return;
    }
    const entry = { unitId, experiment, group, metric, cap, histogram, steps: [apply] };
    units.set(unitId, entry);
    this.#entries.push(entry);
  }

  async write(): Promise<void> {
    if (this.#entries.length === 0) return;
    const before = await this.#readTotals();
    const after = this.#entries.map(({ steps }, index) => steps.reduce((totals, apply) => apply(totals), before[index] ?? noTotals));
    const sums = new Map<string, SumsRow>();
    for (const [index, entry] of this.#entries.entries()) {
      const [from, to] = [before[index] ?? noTotals, after[index] ?? noTotals];
      if (entry.histogram) {
        this.#recount(entry, from, to);
        continue;
      }
      const delta = sumsDelta(from, to, entry.cap);
      for (const segment of [everyone, ...entry.group.segments]) addTo(sums, entry, segment, delta);
    }
    await this.#writeTotals(
      this.#entries.flatMap((entry, index) => (after[index] === before[index] ? [] : [{ ...entry, ...(after[index] as UnitTotals) }])),
    );
    await this.#writeSums([...sums.values()]);
  }

  /** The unit leaves the bin of its earlier value, if it had one, for that of the new one. */
  #recount({ experiment, metric, histogram, group }: Entry, before: UnitTotals, after: UnitTotals): void {
    const { variant, segments } = group;
    const periodEndMs = histogram === 'BY_PERIOD' ? group.periodEndMs : allPeriods;
    for (const segment of [everyone, ...segments]) {
      const key = { experiment, segment, variant, tally: metric, periodEndMs };
      if (before.denominator > 0) this.#tallies.add(key, [[logarithmicBin(before.numerator), 1]], -1);
      if (after.denominator > 0) this.#tallies.add(key, [[logarithmicBin(after.numerator), 1]]);
    }
  }

  /** By the place of the entry; a hole where there is nothing yet. */
  async #readTotals(): Promise<readonly (UnitTotals | undefined)[]> {
    const rows = await queryRows<UnitTotals & { readonly place: number }>(
      this.#runner,
      `SELECT place::int, numerator, denominator
         FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS wanted(unit_id, experiment, metric, place)
         JOIN unit_metric USING (unit_id, experiment, metric)`,
      keysOf(this.#entries),
    );
    const totals: (UnitTotals | undefined)[] = [];
    for (const { place, ...one } of rows) totals[place - 1] = one;
    return totals;
  }

  /** A unit that keeps its first value need not be written again. */
  async #writeTotals(rows: readonly (UnitMetric & UnitTotals)[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#runner.query(
      `INSERT INTO unit_metric (unit_id, experiment, metric, numerator, denominator)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[]) ORDER BY 1, 2, 3
       ON CONFLICT (unit_id, experiment, metric) DO UPDATE SET numerator = excluded.numerator, denominator = excluded.denominator`,
      [...keysOf(rows), float8Array(rows.map((one) => one.numerator)), float8Array(rows.map((one) => one.denominator))],
    );
  }

  async #writeSums(rows: readonly SumsRow[]): Promise<void> {
    if (rows.length === 0) return;
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

function keysOf(rows: readonly UnitMetric[]): readonly Buffer[] {
  return [textArray(rows.map((one) => one.unitId)), textArray(rows.map((one) => one.experiment)), textArray(rows.map((one) => one.metric))];
}

function addTo(
  sums: Map<string, SumsRow>,
  { experiment, metric, group: { variant, periodEndMs } }: Entry,
  segment: Segment,
  delta: MetricSums,
) {
  // Keys have no spaces, and what may have some stands last.
  const key = `${experiment} ${variant} ${metric} ${periodEndMs} ${segment}`;
  const row = { experiment, segment, variant, metric, period_end: new Date(periodEndMs) };
  sums.set(key, { ...row, ...addSums(sums.get(key) ?? noSums, delta) });
}

function inner<Key, Value>(outer: Map<string, Map<Key, Value>>, key: string): Map<Key, Value> {
  let found = outer.get(key);
  if (!found) {
    found = new Map();
    outer.set(key, found);
  }
  return found;
}

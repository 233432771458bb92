import type { QueryRunner } from 'typeorm';
import { addSums, type MetricSums, noTotals, sumsDelta, type UnitTotals } from '../../experiments/result-sums';
import { everyone, type Segment } from '../../experiments/segment';
import type { UnitGroup } from '../../experiments/unit-group';
import type { UnitState } from '../../experiments/unit-state';
import { float8Array, textArray } from '../binary-array';
import { asRecordset, queryRows } from '../query-rows';
import { sumColumns } from '../sum-columns';
import { CovariateChanges } from './covariate-changes';
import { LastSeenChanges } from './last-seen-changes';

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
  /** Null: what is known of the unit from elsewhere does not change. */
  covariateSteps: Change['apply'][] | null;
}

/** What a row of `variant_sums` grows by; its sums are replaced, so that its key is made once a batch. */
interface SumsRow {
  readonly key: {
    readonly experiment: string;
    readonly segment: Segment;
    readonly variant: string;
    readonly metric: string;
    readonly period_end: Date;
    readonly phase: number;
  };
  sums: MetricSums;
}

type StateColumn = readonly [name: string, numberOf: (state: UnitState) => number];

const totalColumns: readonly StateColumn[] = [
  ['numerator', ({ totals }) => totals.numerator],
  ['denominator', ({ totals }) => totals.denominator],
];
const covariateColumns: readonly StateColumn[] = [
  ['covariate', ({ covariate }) => covariate?.numerator ?? 0],
  ['covariate_denominator', ({ covariate }) => covariate?.denominator ?? 0],
];

const nothing: UnitState = Object.freeze({ totals: noTotals, covariate: null });

/**
 * What a batch does to the totals of units and, through them, to the sums of variants. Sums are doubles that take the difference of each step;
 * after n steps the relative error is at most about n times 1e-16 of the largest partial sum.
 */
export class UnitMetricChanges {
  /** What is folded into units is also what was seen last. */
  readonly seen: LastSeenChanges;
  readonly #runner: QueryRunner;
  readonly #entries: Entry[] = [];
  /** By experiment, metric and unit. Maps in maps, because joining the three into one key takes longer than all else here. */
  readonly #index = new Map<string, Map<string, Map<string, Entry>>>();

  constructor(runner: QueryRunner) {
    this.#runner = runner;
    this.seen = new LastSeenChanges(runner);
  }

  /** A change of what counts. */
  add(change: Change): void {
    this.#entryOf(change).steps.push(change.apply);
  }

  /**
   * A change of the unit's covariate of this metric, which foretells what counts and is none of it: the metric's totals from before, or another model's on the
   * same inputs. A unit without any has zeros.
   */
  addToCovariate(change: Change): void {
    const entry = this.#entryOf(change);
    entry.covariateSteps ??= [];
    entry.covariateSteps.push(change.apply);
  }

  #entryOf({ unitId, experiment, group, metric, cap = null }: Change): Entry {
    const units = inner(inner(this.#index, experiment), metric);
    const known = units.get(unitId);
    if (known) return known;
    const entry: Entry = { unitId, experiment, group, metric, cap, steps: [], covariateSteps: null };
    units.set(unitId, entry);
    this.#entries.push(entry);
    return entry;
  }

  async write(): Promise<void> {
    await this.seen.write();
    if (this.#entries.length === 0) return;
    const before = await this.#readStates();
    const after = this.#entries.map((entry, index) => applied(entry, before[index] ?? nothing));
    const sums = new Map<string, SumsRow>();
    const covariates = new CovariateChanges(this.#runner);
    for (const [index, entry] of this.#entries.entries()) {
      const [from, to] = [before[index] ?? nothing, after[index] ?? nothing];
      const delta = sumsDelta(from.totals, to.totals, entry.cap);
      for (const segment of [everyone, ...entry.group.segments]) addTo(sums, entry, segment, delta);
      if (to.covariate) covariates.add(entry, from, to);
    }
    await this.#writeTotals(after);
    await this.#writeSums([...sums.values()]);
    await covariates.write();
  }

  /** By the place of the entry; a hole where there is nothing yet. */
  async #readStates(): Promise<readonly (UnitState | undefined)[]> {
    const rows = await queryRows<UnitTotals & { readonly place: number; readonly x: number | null; readonly e: number | null }>(
      this.#runner,
      // One by one: a join of a large batch reads all units of a table of some hundred thousand. OFFSET 0 keeps the look-ups as they are written.
      `SELECT place::int, numerator, denominator, covariate AS x, covariate_denominator AS e
         FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS wanted(unit_id, experiment, metric, place)
        CROSS JOIN LATERAL (SELECT numerator, denominator, covariate, covariate_denominator FROM unit_metric known
                             WHERE known.unit_id = wanted.unit_id AND known.experiment = wanted.experiment AND known.metric = wanted.metric
                            OFFSET 0) AS known`,
      keysOf(this.#entries),
    );
    const states: (UnitState | undefined)[] = [];
    for (const { place, numerator, denominator, x, e } of rows)
      states[place - 1] = {
        totals: { numerator, denominator },
        covariate: x === null || e === null ? null : { numerator: x, denominator: e },
      };
    return states;
  }

  /** Covariates are written where they changed; the others cost what they did without them. */
  async #writeTotals(states: readonly UnitState[]): Promise<void> {
    const places = this.#entries.map((_, place) => place);
    const isKnown = (place: number) => this.#entries[place]?.covariateSteps !== null;
    const known = places.filter(isKnown);
    const plain = known.length === 0 ? places : places.filter((place) => !isKnown(place));
    for (const [rows, columns] of [
      [plain, totalColumns],
      [known, [...totalColumns, ...covariateColumns]],
    ] as const) {
      if (rows.length > 0) await this.#insert(rows, states, columns);
    }
  }

  async #insert(places: readonly number[], states: readonly UnitState[], columns: readonly StateColumn[]): Promise<void> {
    const names = columns.map(([name]) => name);
    const values = columns.map(([, numberOf]) => float8Array(places.map((place) => numberOf(states[place] ?? nothing))));
    await this.#runner.query(
      `INSERT INTO unit_metric (unit_id, experiment, metric, ${names.join(', ')})
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], ${names.map((_, at) => `$${at + 4}::float8[]`).join(', ')}) ORDER BY 1, 2, 3
       ON CONFLICT (unit_id, experiment, metric) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
      [...keysOf(places.map((place) => this.#entries[place] as Entry)), ...values],
    );
  }

  async #writeSums(rows: readonly SumsRow[]): Promise<void> {
    await this.#runner.query(
      `INSERT INTO variant_sums AS sums (experiment, segment, variant, metric, period_end, phase, units, ${sumColumns.map(([column]) => column).join(', ')})
       SELECT experiment, segment, variant, metric, period_end, phase, units, ${sumColumns.map(([, field]) => `"${field}"`).join(', ')}
         FROM jsonb_to_recordset($1::jsonb) AS row(experiment text, segment text, variant text, metric text, period_end timestamptz, phase integer, units bigint,
              ${sumColumns.map(([, field]) => `"${field}" double precision`).join(', ')})
        ORDER BY 1, 2, 3, 4, 5, 6
       ON CONFLICT (experiment, segment, variant, metric, period_end, phase) DO UPDATE SET units = sums.units + excluded.units,
          ${sumColumns.map(([column]) => `${column} = sums.${column} + excluded.${column}`).join(', ')}`,
      [asRecordset(rows.map(({ key, sums }) => ({ ...key, ...sums })))],
    );
  }
}

function applied({ steps, covariateSteps }: Entry, { totals, covariate }: UnitState): UnitState {
  return {
    totals: steps.reduce((sum, apply) => apply(sum), totals),
    covariate: covariateSteps === null ? covariate : covariateSteps.reduce((sum, apply) => apply(sum), covariate ?? noTotals),
  };
}

function keysOf(rows: readonly UnitMetric[]): readonly Buffer[] {
  return [textArray(rows.map((row) => row.unitId)), textArray(rows.map((row) => row.experiment)), textArray(rows.map((row) => row.metric))];
}

function addTo(
  sums: Map<string, SumsRow>,
  { experiment, metric, group: { variant, periodEndMs, phase } }: Entry,
  segment: Segment,
  delta: MetricSums,
) {
  // Keys have no spaces, and what may have some stands last.
  const key = `${experiment} ${variant} ${metric} ${periodEndMs} ${phase} ${segment}`;
  const known = sums.get(key);
  if (known) known.sums = addSums(known.sums, delta);
  else sums.set(key, { key: { experiment, segment, variant, metric, period_end: new Date(periodEndMs), phase }, sums: delta });
}

function inner<Key, Value>(outer: Map<string, Map<Key, Value>>, key: string): Map<Key, Value> {
  let found = outer.get(key);
  if (!found) {
    found = new Map();
    outer.set(key, found);
  }
  return found;
}

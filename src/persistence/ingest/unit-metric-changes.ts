import type { QueryRunner } from 'typeorm';
import { addSums, type MetricSums, noTotals, sumsDelta, type UnitTotals } from '../../experiments/result-sums';
import { everyone, type Segment } from '../../experiments/segment';
import type { UnitGroup } from '../../experiments/unit-group';
import type { UnitState } from '../../experiments/unit-state';
import { asRecordset } from '../query-rows';
import { sumColumns } from '../sum-columns';
import { CovariateChanges } from './covariate-changes';
import { LastSeenChanges } from './last-seen-changes';
import { type Histogram, recount } from './recount';
import type { TallyChanges } from './tally-changes';
import { readUnitStates, type UnitMetric, writeUnitStates } from './unit-states';

interface Change extends UnitMetric {
  /** Always the same one for a unit of an experiment. */
  readonly group: UnitGroup;
  /** The metric's; always the same one. */
  readonly cap?: number | null;
  /** Of a quantile metric, whose units are counted by value and not summed: whether its periods are told apart. Always the same one. */
  readonly histogram?: Histogram | null;
  readonly apply: (totals: UnitTotals) => UnitTotals;
}

/** What the batch does to one metric of one unit, step by step. */
interface Entry extends UnitMetric {
  readonly group: UnitGroup;
  readonly cap: number | null;
  readonly histogram: Histogram | null;
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

const nothing: UnitState = Object.freeze({ totals: noTotals, covariate: null });

/**
 * What a batch does to the totals of units and, through them, to the sums of variants. Sums are doubles that take the difference of each step;
 * after n steps the relative error is at most about n times 1e-16 of the largest partial sum.
 */
export class UnitMetricChanges {
  /** What is folded into units is also what was seen last. */
  readonly seen: LastSeenChanges;
  readonly #runner: QueryRunner;
  readonly #tallies: TallyChanges;
  readonly #entries: Entry[] = [];
  /** By experiment, metric and unit. Maps in maps, because joining the three into one key takes longer than all else here. */
  readonly #index = new Map<string, Map<string, Map<string, Entry>>>();

  constructor(runner: QueryRunner, tallies: TallyChanges) {
    this.#runner = runner;
    this.#tallies = tallies;
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

  #entryOf({ unitId, experiment, group, metric, cap = null, histogram = null }: Change): Entry {
    const units = inner(inner(this.#index, experiment), metric);
    const known = units.get(unitId);
    if (known) return known;
    const entry: Entry = { unitId, experiment, group, metric, cap, histogram, steps: [], covariateSteps: null };
    units.set(unitId, entry);
    this.#entries.push(entry);
    return entry;
  }

  async write(): Promise<void> {
    await this.seen.write();
    if (this.#entries.length === 0) return;
    const before = await readUnitStates(this.#runner, this.#entries);
    const after = this.#entries.map((entry, index) => applied(entry, before[index] ?? nothing));
    const sums = new Map<string, SumsRow>();
    const covariates = new CovariateChanges(this.#runner);
    for (const [index, entry] of this.#entries.entries()) {
      const [from, to] = [before[index] ?? nothing, after[index] ?? nothing];
      if (entry.histogram) {
        recount(this.#tallies, { ...entry, histogram: entry.histogram }, from.totals, to.totals);
        continue;
      }
      const delta = sumsDelta(from.totals, to.totals, entry.cap);
      for (const segment of [everyone, ...entry.group.segments]) addTo(sums, entry, segment, delta);
      if (to.covariate) covariates.add(entry, from, to);
    }
    // A unit that keeps its first value need not be written again.
    const isChanged = ({ covariateSteps }: Entry, at: number) => covariateSteps !== null || before[at]?.totals !== after[at]?.totals;
    await writeUnitStates(
      this.#runner,
      this.#entries.flatMap((entry, at) =>
        isChanged(entry, at) ? [{ key: entry, state: after[at] ?? nothing, hasNewCovariate: entry.covariateSteps !== null }] : [],
      ),
    );
    await this.#writeSums([...sums.values()]);
    await covariates.write();
  }

  async #writeSums(rows: readonly SumsRow[]): Promise<void> {
    if (rows.length === 0) return;
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

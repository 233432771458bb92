import type { QueryRunner } from 'typeorm';
import type { UnitTotals } from '../../experiments/result-sums';
import type { UnitState } from '../../experiments/unit-state';
import { float8Array, textArray } from '../binary-array';
import { queryRows } from '../query-rows';

/** One metric of one unit of an experiment. */
export interface UnitMetric {
  readonly unitId: string;
  readonly experiment: string;
  readonly metric: string;
}

/** What is to be stored of it. */
export interface NewState {
  readonly key: UnitMetric;
  readonly state: UnitState;
  /** Covariates are written where they changed; the others cost what they did without them. */
  readonly hasNewCovariate: boolean;
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

/** By the place of the key; a hole where there is nothing yet. */
export async function readUnitStates(runner: QueryRunner, keys: readonly UnitMetric[]): Promise<readonly (UnitState | undefined)[]> {
  const rows = await queryRows<UnitTotals & { readonly place: number; readonly x: number | null; readonly e: number | null }>(
    runner,
    // One by one: a join of a large batch reads all units of a table of some hundred thousand. OFFSET 0 keeps the look-ups as they are written.
    `SELECT place::int, numerator, denominator, covariate AS x, covariate_denominator AS e
       FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS wanted(unit_id, experiment, metric, place)
      CROSS JOIN LATERAL (SELECT numerator, denominator, covariate, covariate_denominator FROM unit_metric known
                           WHERE known.unit_id = wanted.unit_id AND known.experiment = wanted.experiment AND known.metric = wanted.metric
                          OFFSET 0) AS known`,
    keyArrays(keys),
  );
  const states: (UnitState | undefined)[] = [];
  for (const { place, numerator, denominator, x, e } of rows) {
    const covariate = x === null || e === null ? null : { numerator: x, denominator: e };
    states[place - 1] = { totals: { numerator, denominator }, covariate };
  }
  return states;
}

export async function writeUnitStates(runner: QueryRunner, rows: readonly NewState[]): Promise<void> {
  const known = rows.filter(({ hasNewCovariate }) => hasNewCovariate);
  const plain = known.length === 0 ? rows : rows.filter(({ hasNewCovariate }) => !hasNewCovariate);
  await insert(runner, plain, totalColumns);
  await insert(runner, known, [...totalColumns, ...covariateColumns]);
}

async function insert(runner: QueryRunner, rows: readonly NewState[], columns: readonly StateColumn[]): Promise<void> {
  if (rows.length === 0) return;
  const names = columns.map(([name]) => name);
  await runner.query(
    `INSERT INTO unit_metric (unit_id, experiment, metric, ${names.join(', ')})
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], ${names.map((_, at) => `$${at + 4}::float8[]`).join(', ')}) ORDER BY 1, 2, 3
     ON CONFLICT (unit_id, experiment, metric) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [...keyArrays(rows.map(({ key }) => key)), ...columns.map(([, numberOf]) => float8Array(rows.map(({ state }) => numberOf(state))))],
  );
}

function keyArrays(keys: readonly UnitMetric[]): readonly Buffer[] {
  return [textArray(keys.map((key) => key.unitId)), textArray(keys.map((key) => key.experiment)), textArray(keys.map((key) => key.metric))];
}

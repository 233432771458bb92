import type { QueryRunner } from 'typeorm';
import type { Segment } from '../../experiments/segment';
import { float8Array, textArray } from '../binary-array';
import { asRecordset, queryRows } from '../query-rows';

export interface TallyKey {
  readonly experiment: string;
  readonly segment: Segment;
  readonly variant: string;
  /** A metric's key, or `classifierTally`. */
  readonly tally: string;
  /** Milliseconds since 1970; `allPeriods` where periods are not told apart. */
  readonly periodEndMs: number;
}

interface Cells {
  readonly cells: readonly number[];
  readonly amounts: readonly number[];
}

interface Row extends TallyKey {
  readonly changes: Map<number, number>;
}

/** No metric has a key like this. */
export const classifierTally = '(classifier)';
/** Only metrics that wait for units to ripen are asked for some of their periods; a row for each would have to be read for the others, too. */
export const allPeriods = 0;

/**
 * What a batch does to amounts by cell: to histograms of quantile metrics, and to what is known of classifiers. A row has all its cells that are
 * not 0, packed: written under the ingester's lock, so nobody else changes it between reading and writing.
 */
export class TallyChanges {
  readonly #runner: QueryRunner;
  readonly #rows = new Map<string, Row>();

  constructor(runner: QueryRunner) {
    this.#runner = runner;
  }

  /** @param sign -1 takes out. */
  add(key: TallyKey, cells: Iterable<readonly [cell: number, amount: number]>, sign: 1 | -1 = 1): void {
    const { changes } = this.#row(key);
    for (const [cell, amount] of cells) changes.set(cell, (changes.get(cell) ?? 0) + sign * amount);
  }

  async write(): Promise<void> {
    const rows = [...this.#rows.values()].filter(({ changes }) => [...changes.values()].some((amount) => amount !== 0));
    if (rows.length === 0) return;
    const stored = await this.#read(rows);
    await this.#runner.query(
      `INSERT INTO variant_tally (experiment, segment, variant, tally, period_end, cells, amounts)
       SELECT experiment, segment, variant, tally, to_timestamp("periodEndMs" / 1000), cells, amounts
         FROM jsonb_to_recordset($1::jsonb) AS row(experiment text, segment text, variant text, tally text, "periodEndMs" double precision, cells integer[],
              amounts double precision[])
        ORDER BY 1, 2, 3, 4, 5
       ON CONFLICT (experiment, segment, variant, tally, period_end) DO UPDATE SET cells = excluded.cells, amounts = excluded.amounts`,
      [asRecordset(rows.map(({ changes, ...key }, index) => ({ ...key, ...merged(stored[index], changes) })))],
    );
  }

  #row({ experiment, segment, variant, tally, periodEndMs }: TallyKey): Row {
    // Keys have no spaces, and what may have some stands last.
    const name = `${experiment} ${variant} ${tally} ${periodEndMs} ${segment}`;
    let row = this.#rows.get(name);
    if (!row) {
      row = { experiment, segment, variant, tally, periodEndMs, changes: new Map() };
      this.#rows.set(name, row);
    }
    return row;
  }

  /** By the place of the row; a hole where there is nothing yet. */
  async #read(rows: readonly TallyKey[]): Promise<readonly (Cells | undefined)[]> {
    const found = await queryRows<Cells & { readonly place: number }>(
      this.#runner,
      `SELECT place::int, cells, amounts
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[]) WITH ORDINALITY
              AS wanted(experiment, segment, variant, tally, period_end_ms, place)
         JOIN variant_tally USING (experiment, segment, variant, tally)
        WHERE period_end = to_timestamp(period_end_ms / 1000)`,
      [
        ...(['experiment', 'segment', 'variant', 'tally'] as const).map((column) => textArray(rows.map((row) => row[column]))),
        float8Array(rows.map(({ periodEndMs }) => periodEndMs)),
      ],
    );
    const stored: (Cells | undefined)[] = [];
    for (const { place, ...one } of found) stored[place - 1] = one;
    return stored;
  }
}

/** Cells in rising order, none of them 0. */
function merged(stored: Cells | undefined, changes: ReadonlyMap<number, number>): Cells {
  const amounts = new Map(stored?.cells.map((cell, index) => [cell, stored.amounts[index] as number]));
  for (const [cell, amount] of changes) amounts.set(cell, (amounts.get(cell) ?? 0) + amount);
  const cells = [...amounts.keys()].filter((cell) => amounts.get(cell) !== 0).sort((a, b) => a - b);
  return { cells, amounts: cells.map((cell) => amounts.get(cell) as number) };
}

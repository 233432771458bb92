import type { QueryRunner } from 'typeorm';
import type { PairedCell } from '../../experiments/paired-facts';
import { noPairs, type PairedTotals } from '../../experiments/paired-sums';
import { everyone, type Segment } from '../../experiments/segment';
import { MomentMatrix } from '../../statistics/moment-matrix';
import { float8Array, textArray } from '../binary-array';
import { asRecordset, queryRows } from '../query-rows';

/** A unit of an experiment beside the variant that shadows it. */
export interface PairedUnit {
  readonly unitId: string;
  readonly experiment: string;
  readonly segments: readonly Segment[];
  readonly variant: string;
}

interface Entry extends PairedUnit {
  readonly metric: string;
  change: PairedTotals;
}

/** What a batch does to the pairs of units and, through them, to the sums over units. */
export class PairedChanges {
  readonly #runner: QueryRunner;
  readonly #entries = new Map<string, Entry>();
  readonly #cells = new Map<string, PairedCell & PairedUnit & { readonly segment: Segment; count: number }>();

  constructor(runner: QueryRunner) {
    this.#runner = runner;
  }

  add(unit: PairedUnit, metric: string, { pairs, control, treatment }: PairedTotals): void {
    const key = JSON.stringify([unit.unitId, unit.experiment, unit.variant, metric]);
    const { change } = this.#entries.get(key) ?? { change: noPairs };
    const sum = { pairs: change.pairs + pairs, control: change.control + control, treatment: change.treatment + treatment };
    this.#entries.set(key, { ...unit, metric, change: sum });
  }

  /** @param count -1: the pair stands there no longer. */
  count(unit: PairedUnit, cell: PairedCell, count: 1 | -1): void {
    for (const segment of [everyone, ...unit.segments]) {
      const key = JSON.stringify([unit.experiment, segment, unit.variant, cell]);
      const known = this.#cells.get(key);
      this.#cells.set(key, { ...unit, ...cell, segment, count: (known?.count ?? 0) + count });
    }
  }

  async write(): Promise<void> {
    const entries = [...this.#entries.values()];
    if (entries.length > 0) {
      const before = await this.#readTotals(entries);
      const after = entries.map(({ change }, index) => plus(before[index] ?? noPairs, change));
      await this.#writeTotals(entries, after);
      await this.#writeSums(entries, before, after);
    }
    await this.#writeCells();
  }

  /** By the place of the entry; a hole where there is nothing yet. */
  async #readTotals(entries: readonly Entry[]): Promise<readonly (PairedTotals | undefined)[]> {
    const rows = await queryRows<PairedTotals & { readonly place: number }>(
      this.#runner,
      `SELECT place::int, pairs, control, treatment
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS wanted(unit_id, experiment, variant, metric, place)
         JOIN paired_unit USING (unit_id, experiment, variant, metric)`,
      keysOf(entries),
    );
    const totals: (PairedTotals | undefined)[] = [];
    for (const { place, ...one } of rows) totals[place - 1] = one;
    return totals;
  }

  async #writeTotals(entries: readonly Entry[], totals: readonly PairedTotals[]): Promise<void> {
    await this.#runner.query(
      `INSERT INTO paired_unit (unit_id, experiment, variant, metric, pairs, control, treatment)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::float8[]) ORDER BY 1, 2, 3, 4
       ON CONFLICT (unit_id, experiment, variant, metric)
       DO UPDATE SET pairs = excluded.pairs, control = excluded.control, treatment = excluded.treatment`,
      [
        ...keysOf(entries),
        float8Array(totals.map(({ pairs }) => pairs)),
        float8Array(totals.map(({ control }) => control)),
        float8Array(totals.map(({ treatment }) => treatment)),
      ],
    );
  }

  async #writeSums(
    entries: readonly Entry[],
    before: readonly (PairedTotals | undefined)[],
    after: readonly PairedTotals[],
  ): Promise<void> {
    const rows = new Map<string, { experiment: string; segment: Segment; variant: string; metric: string; moments: readonly number[] }>();
    for (const [index, { experiment, variant, metric, segments }] of entries.entries()) {
      const delta = momentsDelta(before[index] ?? noPairs, after[index] ?? noPairs);
      for (const segment of [everyone, ...segments]) {
        const key = JSON.stringify([experiment, segment, variant, metric]);
        const known = rows.get(key)?.moments;
        const moments = known ? known.map((sum, at) => sum + (delta[at] as number)) : delta;
        rows.set(key, { experiment, segment, variant, metric, moments });
      }
    }
    await this.#runner.query(
      `INSERT INTO paired_sums AS sums (experiment, segment, variant, metric, moments)
       SELECT experiment, segment, variant, metric, moments
         FROM jsonb_to_recordset($1::jsonb) AS row(experiment text, segment text, variant text, metric text, moments float8[])
        ORDER BY 1, 2, 3, 4
       ON CONFLICT (experiment, segment, variant, metric) DO UPDATE SET moments =
         ARRAY(SELECT old + new FROM unnest(sums.moments, excluded.moments) WITH ORDINALITY AS both_sums(old, new, place) ORDER BY place)`,
      [asRecordset([...rows.values()])],
    );
  }

  async #writeCells(): Promise<void> {
    const rows = [...this.#cells.values()].filter(({ count }) => count !== 0);
    if (rows.length === 0) return;
    await this.#runner.query(
      `INSERT INTO paired_count AS counts (experiment, segment, variant, kind, control_bin, treatment_bin, pairs)
       SELECT experiment, segment, variant, kind, "controlBin", "treatmentBin", count
         FROM jsonb_to_recordset($1::jsonb) AS row(experiment text, segment text, variant text, kind text, "controlBin" int, "treatmentBin" int, count bigint)
        ORDER BY 1, 2, 3, 4, 5, 6
       ON CONFLICT (experiment, segment, variant, kind, control_bin, treatment_bin) DO UPDATE SET pairs = counts.pairs + excluded.pairs`,
      [asRecordset(rows)],
    );
  }
}

function keysOf(entries: readonly Entry[]): readonly Buffer[] {
  return [
    textArray(entries.map(({ unitId }) => unitId)),
    textArray(entries.map(({ experiment }) => experiment)),
    textArray(entries.map(({ variant }) => variant)),
    textArray(entries.map(({ metric }) => metric)),
  ];
}

function plus(one: PairedTotals, other: PairedTotals): PairedTotals {
  return { pairs: one.pairs + other.pairs, control: one.control + other.control, treatment: one.treatment + other.treatment };
}

/** What the matrix of all units gains when one goes from `before` to `after`; a unit without a pair is not in it. */
function momentsDelta(before: PairedTotals, after: PairedTotals): readonly number[] {
  const none = MomentMatrix.empty(3);
  const of = ({ pairs, control, treatment }: PairedTotals) => (pairs > 0 ? none.add([pairs, control, treatment]) : none).packed;
  const left = of(before);
  return of(after).map((sum, place) => sum - (left[place] as number));
}

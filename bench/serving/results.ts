import type { CeilingRate } from '../contenders/ceiling';
import type { Measurement } from './measure';
import { ratioOf, type Spread, spreadOf } from './spread';
import type { Workload } from './workload';

/** One line of the tables: a contender under one load, all rounds of it. */
export interface Cell {
  readonly workload: Workload['name'];
  readonly loop: string;
  readonly contender: string;
  readonly rounds: readonly Measurement[];
}

/** The machine's own best, in images or rows a second. */
export interface CeilingCell {
  readonly workload: Workload['name'];
  readonly batchSize: number;
  readonly rounds: readonly CeilingRate[];
}

type MeasuredNumber = Exclude<{ [K in keyof Measurement]: Measurement[K] extends number | null ? K : never }[keyof Measurement], undefined>;

/** Everything that was measured, by cell; rounds stay in order, so that ratios can be taken round by round. */
export class Results {
  readonly #cells = new Map<string, Cell & { rounds: Measurement[] }>();
  readonly #ceilings = new Map<string, CeilingCell & { rounds: CeilingRate[] }>();

  get cells(): readonly Cell[] {
    return [...this.#cells.values()];
  }
  get ceilings(): readonly CeilingCell[] {
    return [...this.#ceilings.values()];
  }

  add(workload: Workload['name'], loop: string, contender: string, measurement: Measurement): void {
    const key = [workload, loop, contender].join('|');
    const cell = this.#cells.get(key) ?? { workload, loop, contender, rounds: [] };
    cell.rounds.push(measurement);
    this.#cells.set(key, cell);
  }

  addCeiling(workload: Workload['name'], batchSize: number, rate: CeilingRate): void {
    const key = `${workload}|${batchSize}`;
    const cell = this.#ceilings.get(key) ?? { workload, batchSize, rounds: [] };
    cell.rounds.push(rate);
    this.#ceilings.set(key, cell);
  }

  cell(workload: Workload['name'], loop: string, contender: string): Cell | null {
    return this.#cells.get([workload, loop, contender].join('|')) ?? null;
  }

  ceilingsOf(workload: Workload['name']): readonly CeilingCell[] {
    return this.ceilings.filter((cell) => cell.workload === workload);
  }

  /** The highest median of right answers a second over the closed loops; null when none was measured. */
  peak(workload: Workload['name'], contender: string): number | null {
    const medians = this.cells
      .filter((cell) => cell.workload === workload && cell.contender === contender && cell.loop.endsWith('closed'))
      .flatMap((cell) => cellSpread(cell, 'okPerSecond')?.median ?? []);
    return medians.length === 0 ? null : Math.max(...medians);
  }
}

export function cellSpread(cell: Cell, field: MeasuredNumber): Spread | null {
  return spreadOf(cell.rounds.map((round) => round[field]));
}

export function cellRatio(numerator: Cell, denominator: Cell, field: MeasuredNumber): Spread | null {
  return ratioOf(
    numerator.rounds.map((round) => round[field]),
    denominator.rounds.map((round) => round[field]),
  );
}

/** Over all rounds, by name. */
export function failuresOf(cell: Cell): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { failures } of cell.rounds) for (const [name, count] of Object.entries(failures)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

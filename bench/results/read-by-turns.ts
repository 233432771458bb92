import { ratioOf, type Spread, spreadOf } from '../serving/spread';

export interface Reading {
  /** Milliseconds of one read: the median of each block, and their spread. */
  readonly small: Spread | null;
  readonly large: Spread | null;
  /** Block by block, since a neighbour's noise slows both. */
  readonly ratio: Spread | null;
  readonly readsEach: number;
}

export interface Sides {
  readonly small: () => Promise<unknown>;
  readonly large: () => Promise<unknown>;
}

const [blockReads, warmUpReads] = [20, 40];

/** Reads the two sides by turns, each beginning every other time. */
export async function readByTurns({ small, large }: Sides, reads: number): Promise<Reading> {
  for (let read = 0; read < warmUpReads; read++) await Promise.all([small(), large()]);
  const medians = { small: [] as number[], large: [] as number[] };
  const blocks = Math.max(1, Math.round(reads / blockReads));
  for (let block = 0; block < blocks; block++) {
    const times = { small: [] as number[], large: [] as number[] };
    for (let read = 0; read < blockReads; read++) {
      const first = read % 2 === 0;
      times[first ? 'small' : 'large'].push(await timed(first ? small : large));
      times[first ? 'large' : 'small'].push(await timed(first ? large : small));
    }
    for (const side of ['small', 'large'] as const) medians[side].push(spreadOf(times[side])?.median as number);
  }
  return {
    small: spreadOf(medians.small),
    large: spreadOf(medians.large),
    ratio: ratioOf(medians.large, medians.small),
    readsEach: blocks * blockReads,
  };
}

async function timed(read: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await read();
  return performance.now() - startedAtMs;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of `test/fixtures/statistics`, with the shape that the caller knows it to have. */
export function referenceNumbers<T>(name: string): T {
  return JSON.parse(readFileSync(join(__dirname, '../../fixtures/statistics', `${name}.json`), 'utf8')) as T;
}

/** |actual - expected| / |expected|; the distance itself where 0 is expected. */
export function relativeError(actual: number, expected: number): number {
  if (actual === expected) return 0;
  return Math.abs(actual - expected) / (expected === 0 ? 1 : Math.abs(expected));
}

/** One value of a special function, computed with 60 digits. */
interface SpecialValue {
  readonly args: readonly number[];
  readonly value: number;
}

export function specialValues(name: string): [label: string, args: readonly number[], value: number][] {
  const rows = referenceNumbers<Record<string, SpecialValue[]>>('special-functions')[name] ?? [];
  if (rows.length === 0) throw new Error(`No reference numbers for ${name}.`);
  return rows.map(({ args, value }) => [`${name}(${args.join(', ')})`, args, value]);
}

/** MINSTD: uniform on 0..1, the same numbers on every machine. */
export function minstd(seed: number): () => number {
  let state = seed;
  return () => {
    state = (48_271 * state) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

import { compileFnvV1, compileFnvV2 } from './fnv-hash';
import { compileWideHash } from './wide-hash';

/** 1 and 2 are GrowthBook's, bit for bit, with 1,000 and 10,000 buckets; 3 is ours, with 2^53. */
export type HashVersion = 1 | 2 | 3;

/** Where a value falls, 0 <= fraction < 1, for the seed it was compiled with. */
export type Hash = (value: string) => number;

/** The version of experiments that name none: a client with GrowthBook's SDK sees the same variant. */
export const defaultHashVersion: HashVersion = 2;

/**
 * The hash of one seed, with all that depends on the seed alone done beforehand.
 *
 * @throws RangeError when there is no such version, where GrowthBook would quietly assign nobody.
 * @example compileHash('seed', 2)('a'); // 0.0505
 */
export function compileHash(seed: string, version: HashVersion): Hash {
  switch (version) {
    case 1:
      return compileFnvV1(seed);
    case 2:
      return compileFnvV2(seed);
    case 3:
      return compileWideHash(seed);
    default:
      throw new RangeError(`There is no hash version ${String(version)}; use 1, 2 or 3.`);
  }
}

/**
 * Where a unit falls in 0..1 for one seed. Two seeds give independent fractions.
 *
 * @throws RangeError when there is no such version.
 * @example hashFraction('seed', 'a'); // 0.0505
 */
export function hashFraction(seed: string, value: string, version: HashVersion = defaultHashVersion): number {
  return compileHash(seed, version)(value);
}

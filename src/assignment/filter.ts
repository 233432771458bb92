import type { BucketRange } from './bucket-ranges';
import { compileHash, defaultHashVersion, type HashVersion } from './hash';
import { compileIdentity, idAttribute, type Unit } from './unit';
import { compileChoice } from './variant-ranges';

/** Lets the units take part that fall into one of the ranges: how GrowthBook writes namespaces since hash version 2. */
export interface Filter {
  readonly seed: string;
  readonly ranges: readonly BucketRange[];
  /** 2 when missing. */
  readonly hashVersion?: HashVersion;
  /** What is hashed; the unit's id when missing. A unit without it does not take part. */
  readonly attribute?: string;
}

/** GrowthBook's older form: the units whose hash version 1 of what the experiment assigns by is start <= n < end. */
export type Namespace = readonly [id: string, start: number, end: number];

/**
 * Is a unit let through?
 *
 * @see growthbook/growthbook packages/sdk-js/src/core.ts, `isFilteredOut`.
 * @throws RangeError when the hash version does not exist.
 */
export function compileFilter({ seed, ranges, hashVersion, attribute }: Filter): (unit: Unit) => boolean {
  const identity = compileIdentity(attribute ?? idAttribute);
  const hash = compileHash(seed, hashVersion ?? defaultHashVersion);
  const choose = compileChoice([ranges]);
  return (unit) => {
    const value = identity(unit);
    return value !== '' && choose(hash(value)) === 0;
  };
}

/**
 * Is the value that an experiment assigns by in a namespace?
 *
 * @see growthbook/growthbook packages/sdk-js/src/util.ts, `inNamespace`.
 * @example compileNamespace(['pricing', 0.4, 1])('1'); // true
 */
export function compileNamespace([id, start, end]: Namespace): (value: string) => boolean {
  const hash = compileHash(`__${id}`, 1);
  return (value) => {
    const fraction = hash(value);
    return fraction >= start && fraction < end;
  };
}

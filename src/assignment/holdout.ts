import { compileFilter, type Filter } from './filter';
import type { HashVersion } from './hash';
import type { Unit } from './unit';

/** A share of the units that no experiment takes: what they do shows what all experiments together have brought. */
export interface Holdout {
  readonly key: string;
  /** Share of all units, 0..1. A greater one adds units and lets none go. */
  readonly share: number;
  /** 2 when missing. */
  readonly hashVersion?: HashVersion;
  /** What is hashed; the unit's id when missing. A unit without it is not held out. */
  readonly attribute?: string;
}

/**
 * A holdout as the filter that finds its units; a client with GrowthBook's SDK that gets the other ranges decides the same. The seed is its own, so it
 * takes the same share of every layer and of every variant.
 *
 * @example holdoutFilter({ key: 'all', share: 0.05 }); // { seed: 'holdout:all', ranges: [[0, 0.05]] }
 */
export function holdoutFilter({ key, share, ...hashed }: Holdout): Filter {
  return { ...hashed, seed: `holdout:${key}`, ranges: [[0, share]] };
}

/** Is a unit held out? @throws RangeError when the hash version does not exist. */
export function compileHoldout(holdout: Holdout): (unit: Unit) => boolean {
  return compileFilter(holdoutFilter(holdout));
}

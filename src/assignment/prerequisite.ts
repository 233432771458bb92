import { compileTargeting } from './compile-targeting';
import type { Decision } from './decision';
import type { Attributes } from './unit';

/** What another experiment must have decided about the unit for it to take part. */
export interface Prerequisite {
  /** The key of the other experiment, the parent. */
  readonly experiment: string;
  /**
   * A GrowthBook condition on `value` (the variant's key, null outside the experiment; GrowthBook's name), `inExperiment` and `reason`. For example
   * `{ "value": "new" }`, or `{ "inExperiment": false }` for those the parent left alone.
   */
  readonly condition: Attributes;
}

/** Decisions about one unit, by experiment. */
export type Decisions = ReadonlyMap<string, Decision>;

/**
 * Is a prerequisite met? Never when the parent has not decided: nothing is known then.
 *
 * @example compilePrerequisite({ experiment: 'a', condition: { value: 'new' } })(new Map()); // false
 */
export function compilePrerequisite({ experiment, condition }: Prerequisite): (parents: Decisions) => boolean {
  const matches = compileTargeting(condition);
  return (parents) => {
    const parent = parents.get(experiment);
    if (parent === undefined) return false;
    return matches({ value: parent.variant, inExperiment: parent.variant !== null, reason: parent.reason });
  };
}

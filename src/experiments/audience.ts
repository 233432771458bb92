import type { JsonObject } from '../events/event';

/** A share of the units that takes part in no experiment that names the key: what they do shows what all those experiments together have brought. */
export interface HoldoutPlan {
  /** Experiments that name the same one leave out the same units. */
  readonly key: string;
  /** Above 0 and below 1. */
  readonly share: number;
}

/** What another experiment, the parent, must have decided about a unit for it to take part. */
export interface PrerequisitePlan {
  /** Key of the parent, on any model. */
  readonly experiment: string;
  /** A GrowthBook condition on `value`, the key of the parent's variant (null: none), and `inExperiment`, whether it has one. */
  readonly condition: JsonObject;
}

/** One step of a rollout. */
export interface RolloutStep {
  /** Share of all units that the treatment serves, above 0 and at most 0.5; as many stay with the control to be compared. */
  readonly share: number;
  /** How long the step lasts at least. */
  readonly minDurationMs: number;
  /** How many units the treatment must have served in all before the next step. */
  readonly minUnits: number;
}

/** The way of a new version into production; after the last step it is shipped. */
export interface RolloutPlan {
  readonly steps: readonly RolloutStep[];
}

/** Where a rollout stands. */
export interface RolloutProgress {
  /** Index into the steps. */
  readonly step: number;
  /** When that step began, or went on after a pause. */
  readonly stepStartedAt: Date;
}

const tenMinutesMs = 600_000;

/** 1%, 5%, 25%, 50%, and then all. */
export const defaultRollout: RolloutPlan = Object.freeze({
  steps: [0.01, 0.05, 0.25, 0.5].map((share) => ({ share, minDurationMs: tenMinutesMs, minUnits: 100 })),
});

/**
 * The share of units that take part in a step: treatment and control have the same share each, so that they can be compared at every step, and
 * everybody else is served by the champion outside the experiment. A higher coverage only ever adds units: nobody goes from one arm to the other.
 */
export function coverageOf({ share }: RolloutStep): number {
  return Math.min(1, 2 * share);
}

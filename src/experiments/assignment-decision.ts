/** Why a unit got what it got. */
export type AssignmentReason =
  | 'ASSIGNED'
  | 'STICKY'
  | 'FORCED'
  | 'NOT_TARGETED'
  | 'NOT_IN_COVERAGE'
  | 'NOT_IN_NAMESPACE'
  | 'IN_HOLDOUT'
  | 'PREREQUISITE_NOT_MET'
  | 'NOT_RUNNING'
  | 'NO_UNIT';

/** What one experiment decided about one unit. */
export interface AssignmentDecision {
  readonly experiment: string;
  /** Null when the experiment does not choose for the unit. */
  readonly variant: string | null;
  /** The version that serves the unit: the variant's, or the champion. */
  readonly version: string;
  /** Whether what the unit does is evidence: not of one that was given its variant by name (FORCED). */
  readonly inExperiment: boolean;
  /** Probability of the variant among the units that take part; null outside the experiment. */
  readonly propensity: number | null;
  readonly reason: AssignmentReason;
  /** The unit that was drawn, where the experiment tells units apart by an attribute; absent: the unitId. */
  readonly unit?: string;
  /** Of a bandit the phase that the variant was drawn in, from 0. */
  readonly phase?: number;
}

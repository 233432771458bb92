import type { StickyDocument } from './sticky-document';

/**
 * Why a unit got what it got. The first three take part, the others do not:
 * ASSIGNED by the hash, STICKY by what was remembered, FORCED by the experiment's author; NOT_RUNNING, NO_UNIT (nothing to hash), HELD_OUT (in the global
 * holdout), NOT_IN_LAYER, NOT_IN_NAMESPACE, NOT_TARGETED, PREREQUISITE_NOT_MET, BLOCKED (remembered from a bucket version before the smallest that
 * may take part), NOT_IN_COVERAGE.
 */
export type DecisionReason = 'ASSIGNED' | 'STICKY' | 'FORCED' | RefusalReason;

export type RefusalReason =
  | 'NOT_RUNNING'
  | 'NO_UNIT'
  | 'HELD_OUT'
  | 'NOT_IN_LAYER'
  | 'NOT_IN_NAMESPACE'
  | 'NOT_TARGETED'
  | 'PREREQUISITE_NOT_MET'
  | 'BLOCKED'
  | 'NOT_IN_COVERAGE';

/** What one experiment decides about one unit. */
export interface Decision {
  /** The variant's key; null: the unit does not take part. */
  readonly variant: string | null;
  /** The variant's place in the experiment, from 0; null: the unit does not take part. */
  readonly index: number | null;
  readonly reason: DecisionReason;
  /**
   * Probability of the variant among the units that take part, with the weights that were used when the unit was drawn: 1 for a forced variant; of a
   * remembered one the probability it was drawn with, when that was remembered too. Null: the unit does not take part, or the probability is not known.
   */
  readonly propensity: number | null;
  /** What has to be stored for the unit's variant to stay; null: nothing new. */
  readonly save: StickyDocument | null;
}

/** Shared and frozen, as the hot path makes no objects. @example refusal('NO_UNIT').variant; // null */
export function refusal(reason: RefusalReason): Decision {
  return Object.freeze({ variant: null, index: null, reason, propensity: null, save: null });
}

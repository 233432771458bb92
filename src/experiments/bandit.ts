/** How a bandit moves its traffic towards what is best. */
export interface BanditPlan {
  /**
   * THOMPSON: by each variant's chance to be the best. TOP_TWO: half to the best, half to the second best, which finds the winner sooner;
   * of two variants that is half each, so it needs three.
   */
  readonly algorithm: 'THOMPSON' | 'TOP_TWO';
  /** How often the weights are looked at, in milliseconds, counted from the start. */
  readonly updateEveryMs: number;
  /** The weight that no variant falls below; at most 1 / the number of variants. */
  readonly minWeight: number;
  /** Until each variant has so many units the weights stay as they were planned. */
  readonly minUnitsPerVariant: number;
}

/** A time of constant weights. They are only ever added, so that each unit's stays what it was. */
export interface BanditPhase {
  /** From 0. */
  readonly index: number;
  readonly startedAt: Date;
  /** One a variant, in their order; they sum to 1. */
  readonly weights: readonly number[];
}

export const defaultBandit: BanditPlan = Object.freeze({
  algorithm: 'THOMPSON',
  updateEveryMs: 3_600_000,
  minWeight: 0.05,
  minUnitsPerVariant: 100,
});

/** With so many phases the last one stays. Each is a row of sums a variant and metric, and a cut of the ranges that units are drawn by. */
export const maxPhases = 500;

import type { Draws } from './draws';

export type ArmIndex = 0 | 1;

/** One look at one experiment, by our ANYTIME method and by the test that is made for a single look. */
export interface TrialLook {
  readonly fixedPValue: number;
  /** Whether our p is at most alpha. This and the rest are functions, because some are dear and not always asked for. */
  readonly callsDifference: () => boolean;
  /** Whether our interval misses the true effect. */
  readonly missesTruth: () => boolean;
  readonly interval: () => { readonly lower: number; readonly upper: number };
}

/** An experiment that runs. */
export interface Trial {
  /** Takes the next unit in. */
  next(): void;
  readonly unitsInSmallestArm: number;
  /** Null when nothing can be said yet. */
  look(alpha: number): TrialLook | null;
}

export interface Setting {
  readonly name: string;
  readonly description: string;
  /** Share of the units that the treatment gets. */
  readonly treatmentShare: number;
  /** @param isDifferent whether the arms differ (A/B) or not (A/A). */
  start(draws: Draws, isDifferent: boolean): Trial;
}

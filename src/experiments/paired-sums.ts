import type { MomentMatrix } from '../statistics/moment-matrix';
import type { PairedCell, PairedKind } from './paired-facts';
import type { Segment } from './segment';

/** What a unit has of one metric over the inputs that both versions answered. */
export interface PairedTotals {
  readonly pairs: number;
  readonly control: number;
  readonly treatment: number;
}

export const noPairs: PairedTotals = Object.freeze({ pairs: 0, control: 0, treatment: 0 });

/** Positions in the matrices of moments over units: (1, pairs, control, treatment). */
export const pairedPositions = Object.freeze({ pairs: 1, control: 2, treatment: 3 });

/** A variant that shadows the control, beside it. */
export interface PairedArm {
  readonly variant: string;
  /** By metric, over units with a pair; absent: no pair yet. */
  readonly moments: Readonly<Record<string, MomentMatrix>>;
  /** Joint tables of single pairs. */
  readonly counts: Readonly<Record<PairedKind, readonly PairedCount[]>>;
}

export type PairedCount = Omit<PairedCell, 'kind'> & { readonly pairs: number };

/** Port: the sums that a shadow's results are computed from. */
export interface PairedSumsStore {
  /** The variants that have pairs. */
  read(experiment: string, segment: Segment): Promise<readonly PairedArm[]>;
}

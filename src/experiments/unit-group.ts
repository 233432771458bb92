import type { Segment } from './segment';

/** Fine enough for metrics that ripen within a day; a month has 720. */
export const periodLengthMs = 3_600_000;

/** Which sums a unit adds to; settled when the unit is first seen, and never changed. */
export interface UnitGroup {
  /** The first one that the unit was exposed to; it is analysed there. */
  readonly variant: string;
  /** One for each attribute that the experiment declares. */
  readonly segments: readonly Segment[];
  /** When the hour of its first exposure began, in milliseconds since 1970. */
  readonly periodMs: number;
}

export function periodOf(exposedAtMs: number): number {
  return Math.floor(exposedAtMs / periodLengthMs) * periodLengthMs;
}

import type { Segment } from './segment';

const dayMs = 86_400_000;

/** Which sums a unit adds to; settled when the unit is first seen, and never changed. */
export interface UnitGroup {
  /** The first one that the unit was exposed to; it is analysed there. */
  readonly variant: string;
  /** One for each attribute that the experiment declares. */
  readonly segments: readonly Segment[];
  /** When the day (UTC) of its first exposure began, in milliseconds since 1970. */
  readonly periodMs: number;
}

export function periodOf(exposedAtMs: number): number {
  return Math.floor(exposedAtMs / dayMs) * dayMs;
}

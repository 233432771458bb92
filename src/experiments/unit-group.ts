import type { Segment } from './segment';

export const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** For so long after the start periods are hours, then days: a quarter has some 140 of them, and results are read from as many rows. */
const hourlyMs = 2 * dayMs;

/** Which sums a unit adds to; settled when the unit is first seen, and never changed. */
export interface UnitGroup {
  /** The first one that the unit was exposed to; it is analysed there. */
  readonly variant: string;
  /** One for each attribute that the experiment declares. */
  readonly segments: readonly Segment[];
  /** When the period of its first exposure ends, in milliseconds since 1970. */
  readonly periodEndMs: number;
  /** Of a bandit the phase that its variant was drawn in, from 0. */
  readonly phase: number;
}

/**
 * When the period ends that holds this moment: the hour, or the day (UTC) once the experiment has run for two days.
 * @param startedAtMs null: not known, hours throughout.
 */
export function periodEndOf(exposedAtMs: number, startedAtMs: number | null): number {
  const lengthMs = startedAtMs !== null && exposedAtMs - startedAtMs >= hourlyMs ? dayMs : hourMs;
  return (Math.floor(exposedAtMs / lengthMs) + 1) * lengthMs;
}

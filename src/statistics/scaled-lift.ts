import type { LiftEstimate } from './lift';

export interface Rollout {
  /** Units in all arms together. */
  readonly units: number;
  /** Share of all traffic that the experiment saw, 0 < share <= 1. */
  readonly trafficShare: number;
  /** How long it ran. */
  readonly days: number;
}

/**
 * What an absolute lift in a mean is worth a day when everybody gets the treatment: lift x units / (share x days), in the metric's unit a
 * day; the standard error scales alike. Not for ratio or quantile metrics, whose lifts do not add up over units. Source: GrowthBook's
 * gbstats (MIT), scaled impact.
 *
 * @throws RangeError when the share is not within 0..1, or units or days is not above 0.
 * @example scaledLift({ estimate: 0.02, standardError: 0.01 }, { units: 10_000, trafficShare: 0.5, days: 10 }).estimate; // 40 a day
 */
export function scaledLift({ estimate, standardError }: LiftEstimate, { units, trafficShare, days }: Rollout): LiftEstimate {
  if (!(trafficShare > 0 && trafficShare <= 1))
    throw new RangeError(`The share of traffic must be above 0 and at most 1, not ${trafficShare}.`);
  if (!(units > 0 && Number.isFinite(units))) throw new RangeError(`The number of units must be above 0, not ${units}.`);
  if (!(days > 0 && Number.isFinite(days))) throw new RangeError(`The number of days must be above 0, not ${days}.`);
  const unitsPerDay = units / (trafficShare * days);
  return { estimate: estimate * unitsPerDay, standardError: standardError * unitsPerDay };
}

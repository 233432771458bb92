import { normalQuantile } from './normal-distribution';

export interface ProportionCounts {
  readonly successes: number;
  readonly trials: number;
}

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Two-sided interval of a proportion, the p with |k / n - p| <= z sqrt(p (1 - p) / n), z = Phi^-1(1 - alpha / 2): (k + z^2 / 2 -+ z
 * sqrt(k (n - k) / n + z^2 / 4)) / (n + z^2). It never leaves 0..1 and says something at 0 of n. Source: Wilson (1927). For independent
 * trials only; the accuracy of a variant, with many predictions a unit, needs `ratioOfSums`. Relative error below 1e-14.
 *
 * @returns null without trials. Exactly 0 below at 0 successes, exactly 1 above at n.
 * @throws RangeError unless 0 <= successes <= trials are whole numbers and 0 < alpha < 1.
 * @example wilsonInterval({ successes: 0, trials: 10 }, 0.05)?.upper; // 0.2775...
 */
export function wilsonInterval({ successes, trials }: ProportionCounts, alpha: number): Interval | null {
  requireProportion({ successes, trials });
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  if (trials === 0) return null;
  const z = -normalQuantile(alpha / 2);
  const failures = trials - successes;
  const spread = z * Math.sqrt((successes / trials) * failures + (z * z) / 4);
  const larger = successes + (z * z) / 2 + spread;
  // The product of the two roots is k^2 / (n (n + z^2)): no difference of near numbers in the lower one.
  const lower = (successes * (successes / trials)) / larger;
  return { lower, upper: failures === 0 ? 1 : larger / (trials + z * z) };
}

/** @throws RangeError unless 0 <= successes <= trials are whole numbers. */
export function requireProportion({ successes, trials }: ProportionCounts): void {
  if (!Number.isInteger(trials) || trials < 0) throw new RangeError(`Trials must be a whole number of at least 0, not ${trials}.`);
  if (!Number.isInteger(successes) || successes < 0 || successes > trials) {
    throw new RangeError(`Successes must be a whole number from 0 to ${trials}, not ${successes}.`);
  }
}

import { betaQuantile, betaUpperQuantile } from './beta-distribution';
import { type Interval, type ProportionCounts, requireProportion } from './wilson-interval';

/**
 * Two-sided exact interval of a proportion: it misses the truth with at most alpha / 2 on each side, whatever the truth and however few the
 * trials. The ends are beta quantiles, lower = B(alpha / 2; k, n - k + 1), upper = B(1 - alpha / 2; k + 1, n - k). Wider than
 * `wilsonInterval`, which has about the stated coverage on average; this one is for a guardrail that may never be too sure. Source: Clopper
 * and Pearson (1934). Relative error below 1e-12. Independent trials only.
 *
 * @returns null without trials. Exactly 0 below at 0 successes, exactly 1 above at n.
 * @throws RangeError unless 0 <= successes <= trials are whole numbers and 0 < alpha < 1.
 * @example clopperPearsonInterval({ successes: 0, trials: 10 }, 0.05)?.upper; // 0.3084...
 */
export function clopperPearsonInterval({ successes, trials }: ProportionCounts, alpha: number): Interval | null {
  requireProportion({ successes, trials });
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  if (trials === 0) return null;
  const failures = trials - successes;
  return {
    lower: successes === 0 ? 0 : betaQuantile(alpha / 2, successes, failures + 1),
    upper: failures === 0 ? 1 : betaUpperQuantile(alpha / 2, successes + 1, failures),
  };
}

import type { LiftEstimate } from './lift';
import { normalCdf, normalDensity, normalSurvival } from './normal-distribution';

/**
 * Probability that the true lift is above 0, under a flat prior: the posterior is N(estimate, standardError^2), so Phi(estimate / SE).
 * For a metric where lower is better, negate the estimate. Without spread: 1, 0.5 or 0. Not corrected for looking repeatedly.
 *
 * @throws RangeError when the standard error is negative or either is not finite.
 * @example chanceToWin({ estimate: 0.1, standardError: 0.05 }); // 0.977...
 */
export function chanceToWin({ estimate, standardError }: LiftEstimate): number {
  requirePosterior(estimate, standardError);
  if (standardError === 0) return (Math.sign(estimate) + 1) / 2;
  return normalCdf(estimate / standardError);
}

/**
 * What shipping the treatment is expected to cost, in the unit of the estimate: E[max(-lift, 0)] = SE phi(z) - estimate Phi(-z), z =
 * estimate / SE. Flat prior and direction as in `chanceToWin`. Source: GrowthBook's gbstats (MIT), `bayesian/tests.py`. Relative error
 * below 1e-10 for z < 20, never negative.
 *
 * @throws RangeError as `chanceToWin`.
 * @example expectedLoss({ estimate: 0, standardError: 0.2 }); // 0.0798...
 */
export function expectedLoss({ estimate, standardError }: LiftEstimate): number {
  requirePosterior(estimate, standardError);
  if (standardError === 0) return Math.max(-estimate, 0);
  const z = estimate / standardError;
  return Math.max(0, standardError * (normalDensity(z) - z * normalSurvival(z)));
}

function requirePosterior(estimate: number, standardError: number): void {
  if (!Number.isFinite(estimate)) throw new RangeError(`The estimate must be a finite number, not ${estimate}.`);
  if (!Number.isFinite(standardError) || standardError < 0)
    throw new RangeError(`The standard error must be at least 0, not ${standardError}.`);
}

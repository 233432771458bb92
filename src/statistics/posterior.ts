import type { LiftEstimate } from './lift';
import { normalCdf, normalDensity, normalQuantile, normalSurvival } from './normal-distribution';

/** What was believed about a lift before the data, N(mean, standardDeviation^2), in the unit of that lift. */
export interface NormalPrior {
  readonly mean: number;
  readonly standardDeviation: number;
}

/**
 * Belief after the data: precisions add, 1 / SE'^2 = 1 / SE^2 + 1 / sd^2, and the means are averaged with them. The result is again an
 * estimate with a standard error, so that `chanceToWin`, `expectedLoss` and `credibleInterval` take it; without a prior they take the lift
 * itself. Without spread in the data the lift is the posterior. Source: GrowthBook's gbstats (MIT), `bayesian/tests.py`.
 *
 * @throws RangeError when the standard error is negative, the standard deviation is not above 0, or a number is not finite.
 * @example posteriorWithPrior({ estimate: 0.2, standardError: 0.1 }, { mean: 0, standardDeviation: 0.1 }); // estimate 0.1, SE 0.0707...
 */
export function posteriorWithPrior({ estimate, standardError }: LiftEstimate, prior: NormalPrior): LiftEstimate {
  requirePosterior(estimate, standardError);
  requirePrior(prior);
  const spread = Math.hypot(standardError, prior.standardDeviation);
  const weight = (standardError / spread) ** 2;
  return { estimate: estimate + weight * (prior.mean - estimate), standardError: standardError * (prior.standardDeviation / spread) };
}

/**
 * A prior on the relative lift as one on the absolute lift, in the metric's unit: mean and standard deviation times |control mean|. A prior
 * of 0.3 says that lifts beyond 60% are rare, whichever scale the lift is read on. Of an adjusted control it takes the unadjusted mean.
 *
 * @throws RangeError when the control's mean is 0 or not finite, or as `posteriorWithPrior`.
 * @example absolutePrior({ mean: 0, standardDeviation: 0.3 }, -20); // { mean: 0, standardDeviation: 6 }
 */
export function absolutePrior(prior: NormalPrior, controlMean: number): NormalPrior {
  requirePrior(prior);
  const base = Math.abs(controlMean);
  if (!(base > 0 && base < Number.POSITIVE_INFINITY)) throw new RangeError(`The control's mean must not be ${controlMean}.`);
  return { mean: prior.mean * base, standardDeviation: prior.standardDeviation * base };
}

/**
 * The middle 1 - alpha of the posterior: estimate -+ z SE.
 *
 * @throws RangeError as `chanceToWin`, and unless 0 < alpha < 1.
 * @example credibleInterval({ estimate: 0.1, standardError: 0.05 }, 0.05); // { lower: 0.002..., upper: 0.197... }
 */
export function credibleInterval(
  { estimate, standardError }: LiftEstimate,
  alpha: number,
): { readonly lower: number; readonly upper: number } {
  requirePosterior(estimate, standardError);
  requireAlpha(alpha);
  const halfWidth = -normalQuantile(alpha / 2) * standardError;
  return { lower: estimate - halfWidth, upper: estimate + halfWidth };
}

/**
 * `chanceToWin` under a flat prior when only an interval was kept: the standard error is (upper - lower) / (2 z) for a two-sided normal
 * interval of level 1 - alpha.
 *
 * @throws RangeError as `credibleInterval`, and when the interval is not finite or runs backwards.
 * @example chanceToWinOfInterval({ estimate: 0.1, lower: 0, upper: 0.2, alpha: 0.05 }); // 0.975
 */
export function chanceToWinOfInterval(interval: {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly alpha: number;
}): number {
  const { estimate, lower, upper, alpha } = interval;
  requireAlpha(alpha);
  return chanceToWin({ estimate, standardError: (upper - lower) / (-2 * normalQuantile(alpha / 2)) });
}

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

function requirePrior({ mean, standardDeviation }: NormalPrior): void {
  if (!Number.isFinite(mean)) throw new RangeError(`The prior's mean must be a finite number, not ${mean}.`);
  if (!(standardDeviation > 0 && Number.isFinite(standardDeviation))) {
    throw new RangeError(`The prior's standard deviation must be above 0, not ${standardDeviation}.`);
  }
}

function requireAlpha(alpha: number): void {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
}

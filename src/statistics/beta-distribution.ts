import { betaDeviance, betaExcess, betaPower } from './beta-power';
import { regularisedBeta, regularisedBetaComplement } from './incomplete-beta';

/**
 * P(X <= x) for a beta variable, I_x(a, b) (DLMF 8.17.2). Relative error as of `regularisedBeta`, also in the lower tail.
 *
 * @throws RangeError unless a and b are finite and above 0 and 0 <= x <= 1.
 * @example betaCdf(0.12, 101, 901); // 0.9740463378205614
 */
export function betaCdf(x: number, a: number, b: number): number {
  return regularisedBeta(x, a, b);
}

/**
 * P(X > x) for a beta variable, computed by itself: exact in the upper tail.
 *
 * @throws RangeError as `betaCdf`.
 * @example betaSurvival(0.2, 101, 901); // 7.753559e-18
 */
export function betaSurvival(x: number, a: number, b: number): number {
  return regularisedBetaComplement(x, a, b);
}

/**
 * The x with P(X <= x) = p for a beta variable. Relative error below 1e-12, also of an x near 0. For a p near to 1
 * see `betaUpperQuantile`.
 *
 * @throws RangeError unless 0 <= p <= 1 and a and b are finite and above 0.
 * @example betaQuantile(0.975, 101, 901); // 0.1201691298758606
 */
export function betaQuantile(p: number, a: number, b: number): number {
  return shareOf(betaOddsQuantile(p, a, b));
}

/**
 * The x with P(X > x) = p for a beta variable, for tails so small that 1 - p would lose them. Relative error below 1e-12.
 *
 * @throws RangeError as `betaQuantile`.
 * @example betaUpperQuantile(0.025, 101, 901); // 0.1201691298758606
 */
export function betaUpperQuantile(p: number, a: number, b: number): number {
  return shareOf(1 / betaOddsQuantile(p, b, a));
}

/**
 * The odds x / (1 - x) with P(X <= x) = p for a beta variable: they have all their digits at both ends of 0..1.
 *
 * @returns 0 at 0, Infinity at 1.
 * @throws RangeError as `betaQuantile`.
 * @example betaOddsQuantile(0.5, 3, 3); // 1
 */
export function betaOddsQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A probability must lie between 0 and 1, not ${p}.`);
  const [mean, rest] = [a / (a + b), b / (a + b)];
  const lowerAtMean = regularisedBeta(mean, a, b, rest);
  if (p === 0) return 0;
  if (p === 1) return Number.POSITIVE_INFINITY;
  if (p <= lowerAtMean) return lowerOdds(p, lowerAtMean, a, b);
  return 1 / lowerOdds(1 - p, regularisedBetaComplement(mean, a, b, rest), b, a);
}

/** x / (1 - x) to x. */
function shareOf(odds: number): number {
  return odds > 1 ? 1 / (1 + 1 / odds) : odds / (1 + odds);
}

/**
 * The odds below those of the mean at which the lower tail is `tail`, by Newton on its logarithm as a function of the log-odds. The density
 * of the log-odds is log-concave, so that from the left of the root no step overshoots.
 */
function lowerOdds(tail: number, tailAtMean: number, a: number, b: number): number {
  let odds = Math.exp(logOddsLeftOf(tail, tailAtMean, a, b));
  for (let step = 0; step < 200; step++) {
    const x = odds / (1 + odds);
    const y = 1 / (1 + odds);
    const current = regularisedBeta(x, a, b, y);
    // Also where the tail is too small to be a number: nothing better can be had then.
    if (!(current > 0)) return odds;
    const move = (Math.log(tail / current) * current) / betaPower(x, y, a, b, betaExcess(x, y, a, b));
    odds *= Math.exp(move);
    if (!(move > 1e-15)) return odds;
  }
  return odds;
}

/**
 * Log-odds at or left of the root, and near it. Below its peak at the mean a log-concave density falls faster than its tail, that is
 * tail(w) / density(w) rises with w; where the density has fallen by the same factor as the tail must fall, the tail is not above what is
 * sought. That point, again by Newton: the deviance is convex in w, so that every step from anywhere ends at the left of the point.
 */
function logOddsLeftOf(tail: number, tailAtMean: number, a: number, b: number): number {
  const peak = Math.log(a / b);
  const drop = Math.log(tailAtMean / tail);
  if (drop <= 0) return peak;
  let w = Math.max(-700, peak - Math.max(drop / a, Math.sqrt(2 * drop * (1 / a + 1 / b))));
  for (let step = 0; step < 200 && w > -745; step++) {
    const odds = Math.exp(w);
    const x = odds / (1 + odds);
    const y = 1 / (1 + odds);
    const excess = betaExcess(x, y, a, b);
    const surplus = betaDeviance(x, y, a, b, excess) - drop;
    if (step > 0 && surplus < 0.5) return w;
    w += surplus / excess;
  }
  return w;
}

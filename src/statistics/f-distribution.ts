import { betaOddsQuantile } from './beta-distribution';
import { regularisedBeta, regularisedBetaComplement } from './incomplete-beta';

/**
 * P(F <= f) for the ratio of two mean squares with d1 and d2 degrees of freedom: I_x(d1/2, d2/2) with x = d1 f / (d1 f + d2) (Abramowitz
 * and Stegun 26.6.2). Exact in the lower tail. Relative error below 1e-12 (above 1e-300) up to 1e5 degrees of freedom; beyond, that of the
 * rounding of f itself counts for more.
 *
 * @throws RangeError unless f >= 0 and d1 and d2 are finite and above 0.
 * @example fCdf(3, 5, 20); // 0.9647986625473334
 */
export function fCdf(f: number, d1: number, d2: number): number {
  const [x, y] = sharesOf(f, d1, d2);
  return regularisedBeta(x, d1 / 2, d2 / 2, y);
}

/**
 * P(F > f), exact in the upper tail.
 *
 * @throws RangeError as `fCdf`.
 * @example fSurvival(50, 3, 1000); // 4.110582339166292e-30
 */
export function fSurvival(f: number, d1: number, d2: number): number {
  const [x, y] = sharesOf(f, d1, d2);
  return regularisedBetaComplement(x, d1 / 2, d2 / 2, y);
}

/**
 * The f with P(F <= f) = p. Relative error below 1e-12.
 *
 * @throws RangeError unless 0 <= p <= 1 and d1 and d2 are finite and above 0.
 * @example fQuantile(0.95, 5, 20); // 2.71088983720969
 */
export function fQuantile(p: number, d1: number, d2: number): number {
  return betaOddsQuantile(p, d1 / 2, d2 / 2) * (d2 / d1);
}

/**
 * The f with P(F > f) = p, the point that a statistic exceeds with that probability. Relative error below 1e-12.
 *
 * @throws RangeError as `fQuantile`.
 * @example fUpperQuantile(0.05, 5, 20); // 2.71088983720969
 */
export function fUpperQuantile(p: number, d1: number, d2: number): number {
  return d2 / d1 / betaOddsQuantile(p, d2 / 2, d1 / 2);
}

/** d1 f and d2 as shares of their sum, from their ratio, so that an f of any size is welcome. */
function sharesOf(f: number, d1: number, d2: number): [x: number, y: number] {
  if (!(f >= 0)) throw new RangeError(`The F distribution needs an argument of at least 0, not ${f}.`);
  const odds = f * (d1 / d2);
  return odds > 1 ? [1 / (1 + 1 / odds), 1 / odds / (1 + 1 / odds)] : [odds / (1 + odds), 1 / (1 + odds)];
}

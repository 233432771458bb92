import { betaExcess, betaPower } from './beta-power';
import { regularisedBeta, regularisedBetaComplement } from './incomplete-beta';

/**
 * P(X = k), the probability of k successes in n trials: n! / (k! (n-k)!) p^k (1-p)^(n-k), through `betaPower`, so that nothing cancels for
 * a large n (Loader, 2000). Relative error below 1e-12 (above 1e-300).
 *
 * @param k a whole number; outside 0..n its probability is 0.
 * @throws RangeError unless k and n are whole numbers, n >= 0 and 0 <= p <= 1.
 * @example binomialProbability(5, 10, 0.5); // 0.24609375
 */
export function binomialProbability(k: number, n: number, p: number): number {
  requireArguments(k, n, p);
  if (k < 0 || k > n) return 0;
  if (k === 0) return n === 0 ? 1 : Math.exp(n * Math.log1p(-p));
  if (k === n) return p ** n;
  const q = 1 - p;
  return (betaPower(p, q, k, n - k, betaExcess(p, q, k, n - k)) * (n / k)) / (n - k);
}

/**
 * P(X <= k), I_(1-p)(n - k, k + 1) (DLMF 8.17.5), exact in the lower tail. Relative error below 1e-12 (above 1e-300).
 *
 * @throws RangeError as `binomialProbability`.
 * @example binomialCdf(4500, 10_000, 0.5); // 7.755320284123021e-24
 */
export function binomialCdf(k: number, n: number, p: number): number {
  requireArguments(k, n, p);
  if (k < 0) return 0;
  return k >= n ? 1 : regularisedBetaComplement(p, k + 1, n - k);
}

/**
 * P(X > k), I_p(k + 1, n - k), exact in the upper tail. Relative error below 1e-12 (above 1e-300).
 *
 * @throws RangeError as `binomialProbability`.
 * @example binomialSurvival(700, 1000, 0.5); // 3.766850723525808e-38
 */
export function binomialSurvival(k: number, n: number, p: number): number {
  requireArguments(k, n, p);
  if (k < 0) return 1;
  return k >= n ? 0 : regularisedBeta(p, k + 1, n - k);
}

function requireArguments(k: number, n: number, p: number): void {
  if (!(Number.isInteger(n) && n >= 0)) throw new RangeError(`The number of trials must be a whole number of at least 0, not ${n}.`);
  if (!Number.isInteger(k)) throw new RangeError(`The number of successes must be a whole number, not ${k}.`);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A probability must lie between 0 and 1, not ${p}.`);
}

import { gammaPower } from './gamma-power';
import { regularisedGammaP, regularisedGammaQ } from './incomplete-gamma';

/**
 * P(X = k) = mean^k exp(-mean) / k!, through `gammaPower`, so that nothing cancels for a large mean. Relative error below 1e-12 (above
 * 1e-300).
 *
 * @param k a whole number; below 0 its probability is 0.
 * @throws RangeError unless k is a whole number and mean is finite and at least 0.
 * @example poissonProbability(3, 2); // 0.1804470443154836
 */
export function poissonProbability(k: number, mean: number): number {
  requireArguments(k, mean);
  if (k < 0) return 0;
  return k === 0 ? Math.exp(-mean) : gammaPower(k, mean);
}

/**
 * P(X <= k) = Q(k + 1, mean) (DLMF 8.4.10), exact in the lower tail. Relative error below 1e-12 (above 1e-300).
 *
 * @throws RangeError as `poissonProbability`.
 * @example poissonCdf(800, 800); // 0.5094016579999424
 */
export function poissonCdf(k: number, mean: number): number {
  requireArguments(k, mean);
  return k < 0 ? 0 : regularisedGammaQ(k + 1, mean);
}

/**
 * P(X > k) = P(k + 1, mean), exact in the upper tail. Relative error below 1e-12 (above 1e-300).
 *
 * @throws RangeError as `poissonProbability`.
 * @example poissonSurvival(100, 50); // 1.5697459724373953e-10
 */
export function poissonSurvival(k: number, mean: number): number {
  requireArguments(k, mean);
  return k < 0 ? 1 : regularisedGammaP(k + 1, mean);
}

function requireArguments(k: number, mean: number): void {
  if (!Number.isInteger(k)) throw new RangeError(`A Poisson count must be a whole number, not ${k}.`);
  if (!(mean >= 0 && mean < Number.POSITIVE_INFINITY)) throw new RangeError(`A Poisson mean must be finite and at least 0, not ${mean}.`);
}

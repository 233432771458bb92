import { convexMinimum } from './convex-minimum';
import { monotoneRoot } from './monotone-root';

export interface EmpiricalProcessOptions {
  readonly alpha: number;
  /** Units from which the bound holds; at least 1. */
  readonly firstUnits: number;
}

/**
 * A bound on sup |F_n - F| at all n >= n_0 together with probability 1 - alpha, for any distribution: 0.85 sqrt((ln ln(e n / n_0) + 0.8 ln(1612 /
 * alpha)) / n). Source: Howard, Ramdas, Sequential estimation of quantiles, Bernoulli 28(3), 2022, arXiv 1906.09712, corollary 2. Relative error
 * below 1e-14.
 *
 * @returns Infinity for fewer units than the first.
 * @throws RangeError unless 0 < alpha < 1 and firstUnits >= 1.
 * @example empiricalProcessBound(1000, { alpha: 0.05, firstUnits: 1 }); // 0.08656...
 */
export function empiricalProcessBound(units: number, { alpha, firstUnits }: EmpiricalProcessOptions): number {
  requireOptions(alpha, firstUnits);
  if (units < firstUnits) return Number.POSITIVE_INFINITY;
  return 0.85 * Math.sqrt((Math.log1p(Math.log(units / firstUnits)) + 0.8 * Math.log(1612 / alpha)) / units);
}

/**
 * The same with the best constant: A sqrt((ln(1 + ln(n / n_0)) + C) / n), where C is the smallest with
 * min over eta of 4 exp(-g C) (1 + 1 / ((g - 1) ln eta)) = alpha, g = 2 / eta (A - sqrt(2 (eta - 1) / C))^2 (theorem 2 there). A little tighter, and costs
 * some hundreds of evaluations. Relative error below 1e-7.
 *
 * @param factor A, above 1 / sqrt 2: smaller is tighter for many units, larger for few.
 * @throws RangeError as `empiricalProcessBound`, and unless factor > 1 / sqrt 2.
 * @example tightEmpiricalProcessBound(1000, { alpha: 0.05, firstUnits: 100 }); // 0.0820477
 */
export function tightEmpiricalProcessBound(
  units: number,
  { alpha, firstUnits, factor = 0.85 }: EmpiricalProcessOptions & { factor?: number },
) {
  requireOptions(alpha, firstUnits);
  if (!(factor > Math.SQRT1_2 && Number.isFinite(factor))) throw new RangeError(`The factor must be above 0.7071, not ${factor}.`);
  if (units < firstUnits) return Number.POSITIVE_INFINITY;
  const confidence = (constant: number) => Math.log(alpha) - leastLogError(constant, factor);
  let high = 8;
  while (confidence(high) < 0) high *= 2;
  let low = high;
  while (confidence(low) > 0) low /= 2;
  const constant = monotoneRoot(confidence, low, high);
  return factor * Math.sqrt((Math.log1p(Math.log(units / firstUnits)) + constant) / units);
}

/** ln of the probability that some epoch's bound fails, for the best ratio eta of epochs; Infinity where there is none. */
function leastLogError(constant: number, factor: number): number {
  // Above this ratio g is below 1.
  const isTooLarge = (eta: number) => Math.sqrt(eta / 2) + Math.sqrt((2 * (eta - 1)) / constant) - factor;
  const largest = monotoneRoot(isTooLarge, 1, 2 * factor * factor);
  const logError = (eta: number) => {
    const g = (2 / eta) * (factor - Math.sqrt((2 * (eta - 1)) / constant)) ** 2;
    return g <= 1 ? Number.POSITIVE_INFINITY : Math.log(4) - g * constant + Math.log1p(1 / ((g - 1) * Math.log(eta)));
  };
  return convexMinimum(logError, 1, largest).value;
}

function requireOptions(alpha: number, firstUnits: number): void {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  if (!(firstUnits >= 1 && Number.isFinite(firstUnits))) throw new RangeError(`The first look needs at least 1 unit, not ${firstUnits}.`);
}

import { monotoneRoot } from './monotone-root';
import { normalCdf } from './normal-distribution';

/** A sum S of centred variables with the intrinsic time V that its moment generating function allows: E exp(l S - psi(l) V) <= 1. */
export interface MixtureOptions {
  /** The inverse variance r of the mixed normal, in units of V; `tunedPrecision` chooses it. */
  readonly precision: number;
  /** 2: departures both ways are looked for. 1: only sums above 0. */
  readonly sides: 1 | 2;
}

/**
 * The precision r = v / (2 ln(1/a) + ln(1 + 2 ln(1/a))) at which the boundary is tightest at the time v; a = alpha for two sides and 2 alpha
 * for one. It is 1 / rho^2 of the asymptotic confidence sequence tuned for the sample size v. Source: Howard, Ramdas, McAuliffe, Sekhon,
 * Time-uniform, nonparametric, nonasymptotic confidence sequences, Ann. Stat. 49(2), 2021, arXiv 1810.08240, section 3.5.
 *
 * @throws RangeError unless variance > 0 and 0 < alpha < 1 / 2 (one side) or 1 (two sides).
 * @example tunedPrecision({ variance: 100, alpha: 0.05, sides: 2 }); // 12.60056...
 */
export function tunedPrecision({ variance, alpha, sides }: { readonly variance: number; readonly alpha: number; readonly sides: 1 | 2 }) {
  const bothSides = sides === 2 ? alpha : 2 * alpha;
  if (!(variance > 0 && Number.isFinite(variance))) throw new RangeError(`The time to tune for must be above 0, not ${variance}.`);
  if (!(bothSides > 0 && bothSides < 1)) throw new RangeError(`alpha must lie above 0 and below ${sides / 2}, not ${alpha}.`);
  const twoLogs = -2 * Math.log(bothSides);
  return variance / (twoLogs + Math.log1p(twoLogs));
}

/**
 * ln of the normal mixture e-process of a sum with the intrinsic time `variance`: two-sided ln(r / (v + r)) / 2 + s^2 / (2 (v + r)), one-sided
 * ln(4 r / (v + r)) / 2 + s^2 / (2 (v + r)) + ln Phi(s / sqrt(v + r)). Source: as `tunedPrecision`, propositions 5 and 6. Relative error below 1e-12.
 *
 * @throws RangeError unless variance >= 0, precision > 0 and the sum is finite.
 * @example logNormalMixture(10, 100, { precision: 12.60056097925634, sides: 2 }); // -0.6510051...
 */
export function logNormalMixture(sum: number, variance: number, { precision, sides }: MixtureOptions): number {
  requireArguments(variance, precision);
  if (!Number.isFinite(sum)) throw new RangeError(`The sum must be a finite number, not ${sum}.`);
  const total = variance + precision;
  const twoSided = (sum * sum) / (2 * total) - Math.log1p(variance / precision) / 2;
  return sides === 2 ? twoSided : twoSided + Math.LN2 + Math.log(normalCdf(sum / Math.sqrt(total)));
}

/**
 * What the sum stays below at all times together with probability 1 - alpha (in absolute value for two sides): where the e-process reaches
 * 1 / alpha. Two-sided sqrt((v + r) (ln(1 + v / r) + 2 ln(1 / alpha))); one-sided by root finding, relative error below 1e-12.
 *
 * @throws RangeError as `logNormalMixture`, and unless 0 < alpha < 1.
 * @example normalMixtureBoundary(100, 0.05, { precision: 12.60056097925634, sides: 2 }); // 30.35208...
 */
export function normalMixtureBoundary(variance: number, alpha: number, options: MixtureOptions): number {
  const { precision, sides } = options;
  requireArguments(variance, precision);
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  const twoSided = Math.sqrt((variance + precision) * (Math.log1p(variance / precision) - 2 * Math.log(alpha)));
  if (sides === 2) return twoSided;
  // From 0 on the one-sided process is between the two-sided one and twice it.
  const excess = (sum: number) => logNormalMixture(sum, variance, options) + Math.log(alpha);
  return excess(0) >= 0 ? 0 : monotoneRoot(excess, 0, twoSided * (1 + 1e-12));
}

function requireArguments(variance: number, precision: number): void {
  if (!(variance >= 0 && Number.isFinite(variance))) throw new RangeError(`The time must be at least 0, not ${variance}.`);
  if (!(precision > 0 && Number.isFinite(precision))) throw new RangeError(`The precision must be above 0, not ${precision}.`);
}

import { regularisedGammaP, regularisedGammaQ } from './incomplete-gamma';
import { monotoneRoot } from './monotone-root';
import { lgamma } from './special-functions';

/** Which tail behaviour the sum has: its generating function is bounded by that of an exponential or of a Poisson variable of scale c. */
export type GammaMixtureKind = 'exponential' | 'poisson';

export interface GammaMixtureOptions {
  readonly kind: GammaMixtureKind;
  /** c > 0, in the sum's unit: for variables that are at most b above their mean it is b / 3 (exponential) or b (Poisson). */
  readonly scale: number;
  /** As `tunedPrecision` with one side gives it. */
  readonly precision: number;
}

/**
 * ln of the gamma-exponential or gamma-Poisson mixture e-process of a sum s at the intrinsic time v, for sums that are heavier than normal
 * above. With r = precision, a = (v + r) / c^2 and r' = r / c^2:
 *
 * exponential: r' ln r' - ln Gamma(r') - ln P(r', r') + ln Gamma(a) + ln P(a, y) - a ln y + (c s + v) / c^2, y = (c s + v + r) / c^2;
 * Poisson: r' ln r' - ln Gamma(r') - ln Q(r', r') + ln Gamma(b) + ln Q(b, a) - b ln a + v / c^2, b = s / c + a.
 *
 * Source: Howard, Ramdas, McAuliffe, Sekhon, arXiv 1810.08240, propositions 9 and 10. The gamma functions cancel down from a ln a: absolute
 * error below 1e-14 a ln a.
 *
 * @throws RangeError when an argument is out of its range or not finite.
 * @example logGammaMixture(10, 100, { kind: 'exponential', scale: 2, precision: 15.8 }); // -0.24903...
 */
export function logGammaMixture(sum: number, variance: number, options: GammaMixtureOptions): number {
  requireArguments(sum, variance, options);
  const { kind, scale, precision } = options;
  const squared = scale * scale;
  const prior = precision / squared;
  const total = variance / squared + prior;
  const moved = sum / scale + total;
  if (kind === 'exponential') {
    const constant = prior * Math.log(prior) - lgamma(prior) - Math.log(regularisedGammaP(prior, prior));
    return constant + lgamma(total) + Math.log(regularisedGammaP(total, moved)) - total * Math.log(moved) + (moved - prior);
  }
  const constant = prior * Math.log(prior) - lgamma(prior) - Math.log(regularisedGammaQ(prior, prior));
  return constant + lgamma(moved) + Math.log(regularisedGammaQ(moved, total)) - moved * Math.log(total) + variance / squared;
}

/**
 * What the sum stays below at all times together with probability 1 - alpha: where the e-process reaches 1 / alpha, by root finding.
 * Relative error below 1e-10.
 *
 * @throws RangeError as `logGammaMixture`, and unless 0 < alpha < 1.
 * @example gammaMixtureBoundary(100, 0.05, { kind: 'exponential', scale: 2, precision: 15.8 }); // 33.0202...
 */
export function gammaMixtureBoundary(variance: number, alpha: number, options: GammaMixtureOptions): number {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  const excess = (sum: number) => logGammaMixture(sum, variance, options) + Math.log(alpha);
  if (excess(0) >= 0) return 0;
  let high = Math.max(options.scale, Math.sqrt(variance + options.precision));
  while (excess(high) < 0) high *= 2;
  return monotoneRoot(excess, 0, high);
}

function requireArguments(sum: number, variance: number, { scale, precision }: GammaMixtureOptions): void {
  const isAboveZero = (value: number) => value > 0 && Number.isFinite(value);
  if (!(sum >= 0 && Number.isFinite(sum))) throw new RangeError(`The sum must be at least 0, not ${sum}.`);
  if (!(variance >= 0 && Number.isFinite(variance))) throw new RangeError(`The time must be at least 0, not ${variance}.`);
  if (!isAboveZero(scale)) throw new RangeError(`The scale must be above 0, not ${scale}.`);
  if (!isAboveZero(precision)) throw new RangeError(`The precision must be above 0, not ${precision}.`);
}

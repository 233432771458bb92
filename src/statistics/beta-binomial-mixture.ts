import { regularisedBeta } from './incomplete-beta';
import { monotoneRoot } from './monotone-root';
import { logMultinomialEValue } from './multinomial-e-value';
import { tunedPrecision } from './normal-mixture';

export interface BetaBinomialOptions {
  /** How far a step can fall (g) and rise (h): a Bernoulli variable minus its mean p has g = p, h = 1 - p. Above 0. */
  readonly down: number;
  readonly up: number;
  /** C of the mixed beta distribution; `tunedConcentration` chooses it. */
  readonly concentration: number;
  readonly sides: 1 | 2;
}

/**
 * The concentration C of the beta mixture that is tightest after so many Bernoulli trials: n / (2 ln(1/a) + ln(1 + 2 ln(1/a))) - 1, at least 0.001.
 * It does not depend on the probability. Source: Howard, Ramdas, McAuliffe, Sekhon, arXiv 1810.08240, section 3.5, where C = r / (g h).
 *
 * @throws RangeError as `tunedPrecision`.
 * @example tunedConcentration({ units: 100, alpha: 0.05 }); // 11.6005...
 */
export function tunedConcentration({
  units,
  alpha,
  sides = 2,
}: {
  readonly units: number;
  readonly alpha: number;
  readonly sides?: 1 | 2;
}) {
  return Math.max(tunedPrecision({ variance: units, alpha, sides }) - 1, 1e-3);
}

/**
 * ln of the beta-binomial mixture e-process of a sum s of steps within -g..h at the intrinsic time v (n g h for n Bernoulli trials). It is
 * the e-value of (v + h s) / (h (g + h)) steps up and (v - g s) / (g (g + h)) down against the shares g and h; one-sided, the beta distribution
 * is cut at its mean. Source: as `tunedConcentration`, propositions 7 and 8. Absolute error below 1e-10 up to v = 1e6 g h.
 *
 * @throws RangeError when an argument is out of its range, or s above v / g or below -v / h, where no sum can be.
 * @example logBetaBinomialMixture(10, 100, { down: 0.2, up: 0.8, concentration: 77.75, sides: 2 }); // -0.69411...
 */
export function logBetaBinomialMixture(sum: number, variance: number, options: BetaBinomialOptions): number {
  const { down, up, concentration, sides } = options;
  requireArguments(sum, variance, options);
  const span = down + up;
  const shares = [down / span, up / span];
  const ups = Math.max(0, (variance + up * sum) / (up * span));
  const downs = Math.max(0, (variance - down * sum) / (down * span));
  const twoSided = logMultinomialEValue([ups, downs], shares, concentration);
  if (sides === 2) return twoSided;
  const [priorUps, priorDowns] = [concentration * (down / span), concentration * (up / span)];
  const cut = up / span;
  const ratio = regularisedBeta(cut, priorDowns + downs, priorUps + ups) / regularisedBeta(cut, priorDowns, priorUps);
  return twoSided + Math.log(ratio);
}

/**
 * What the sum stays below at all times together with probability 1 - alpha: where the e-process reaches 1 / alpha, by root finding, or
 * v / g, which no sum exceeds. Relative error below 1e-10.
 *
 * @throws RangeError as `logBetaBinomialMixture`, and unless 0 < alpha < 1.
 * @example betaBinomialBoundary(100, 0.05, { down: 0.2, up: 0.8, concentration: 77.75, sides: 2 }); // 31.4308...
 */
export function betaBinomialBoundary(variance: number, alpha: number, options: BetaBinomialOptions): number {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  const limit = variance / options.down;
  const excess = (sum: number) => logBetaBinomialMixture(Math.min(sum, limit), variance, options) + Math.log(alpha);
  if (excess(limit) <= 0) return limit;
  return excess(0) >= 0 ? 0 : monotoneRoot(excess, 0, limit);
}

function requireArguments(sum: number, variance: number, { down, up, concentration }: BetaBinomialOptions): void {
  const isAboveZero = (value: number) => value > 0 && Number.isFinite(value);
  if (!isAboveZero(down) || !isAboveZero(up)) throw new RangeError(`Both ranges of a step must be above 0, not ${down} and ${up}.`);
  if (!isAboveZero(concentration)) throw new RangeError(`The concentration must be above 0, not ${concentration}.`);
  if (!(variance >= 0 && Number.isFinite(variance))) throw new RangeError(`The time must be at least 0, not ${variance}.`);
  const rounding = 1e-12 * variance;
  if (!(down * sum <= variance + rounding && up * sum >= -variance - rounding)) {
    throw new RangeError(`A sum of ${sum} cannot be at time ${variance}.`);
  }
}

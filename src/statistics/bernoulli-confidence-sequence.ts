import { tunedConcentration } from './beta-binomial-mixture';
import { monotoneRoot } from './monotone-root';
import { logMultinomialEValue } from './multinomial-e-value';

export interface BernoulliArm {
  /** Units whose one observation is 1. */
  readonly successes: number;
  readonly units: number;
}

export interface BernoulliSequenceOptions {
  readonly alpha: number;
  /** Units at which the interval is tightest; choose it before the data. */
  readonly tuningUnits: number;
}

/** Below it a probability is taken as 0: e-values are flat there. */
const least = 1e-300;

/**
 * An exact confidence sequence for the probability of a 1: with probability 1 - alpha it holds the truth at every look together, from the
 * first unit on and without any approximation. All p whose beta-binomial e-value is below 1 / alpha; the beta distribution has the mean p and a
 * concentration that `tuningUnits` chooses. Source: Howard, Ramdas, McAuliffe, Sekhon, arXiv 1810.08240 (Bernoulli confidence interval of
 * their program confseq, MIT).
 *
 * The e-value is convex in p, so that the set is an interval; the ends are found in ln p and ln(1 - p) with a relative error below 1e-11. With a
 * single success no small p can be excluded by this mixture and the lower end is 0.
 *
 * @returns lower and upper, shares within 0..1.
 * @throws RangeError unless 0 <= successes <= units, units > 0, 0 < alpha < 1, tuningUnits > 0.
 * @example bernoulliConfidenceSequence({ successes: 700, units: 1000 }, { alpha: 0.05, tuningUnits: 100 }); // 0.6516..., 0.7459...
 */
export function bernoulliConfidenceSequence(arm: BernoulliArm, { alpha, tuningUnits }: BernoulliSequenceOptions) {
  requireBernoulliArm(arm);
  const concentration = tunedConcentration({ units: tuningUnits, alpha });
  const failures = arm.units - arm.successes;
  const threshold = -Math.log(alpha);
  return {
    lower: lowerEnd(arm.successes, failures, concentration, threshold),
    upper: 1 - lowerEnd(failures, arm.successes, concentration, threshold),
  };
}

/** The smallest probability of `ones` that is not excluded. */
function lowerEnd(ones: number, zeros: number, concentration: number, threshold: number): number {
  const excess = (logP: number) => threshold - bernoulliLogEvidence(Math.exp(logP), { ones, zeros, concentration });
  if (ones === 0 || excess(Math.log(least)) >= 0) return 0;
  return Math.exp(monotoneRoot(excess, Math.log(least), Math.log(ones / (ones + zeros))));
}

/**
 * ln of the evidence of so many ones and zeros against the probability p of a one, with p = 0 and p = 1 as limits. Convex in p: the likelihood's
 * second derivative, ones / p^2, exceeds what the mixture takes from it, the sum of C^2 / (C p + k)^2 over k < ones.
 *
 * @throws RangeError as `logMultinomialEValue`.
 */
export function bernoulliLogEvidence(
  p: number,
  { ones, zeros, concentration }: { readonly ones: number; readonly zeros: number; readonly concentration: number },
): number {
  const inside = Math.min(Math.max(p, least), 1 - Number.EPSILON / 2);
  return logMultinomialEValue([ones, zeros], [inside, 1 - inside], concentration);
}

/** @throws RangeError with the sentence for an arm that cannot be. */
export function requireBernoulliArm({ successes, units }: BernoulliArm): void {
  if (!(units > 0 && Number.isFinite(units))) throw new RangeError(`An arm needs at least one unit, not ${units}.`);
  if (!(successes >= 0 && successes <= units)) throw new RangeError(`The successes must lie between 0 and ${units}, not ${successes}.`);
}

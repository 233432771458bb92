export interface PairedLook {
  /** Mean of treatment - control over the pairs, in the metric's unit. */
  readonly meanDifference: number;
  /** Var(treatment) + Var(control) of one pair, known or estimated; above 0. */
  readonly pairVariance: number;
  readonly pairs: number;
  /** tau^2, the variance of the effects that are expected, in the metric's unit squared; choose it before the data. */
  readonly mixingVariance: number;
  readonly alpha: number;
  /** `pValue` of the look before, 1 at the first. */
  readonly previousPValue?: number;
}

export interface MixtureTestLook {
  /** ln of the mixture likelihood ratio, an e-value. */
  readonly logLikelihoodRatio: number;
  readonly lower: number;
  readonly upper: number;
  readonly pValueOfLook: number;
  /** The running minimum, valid at every look together. */
  readonly pValue: number;
}

/**
 * Mixture sequential probability ratio test (mSPRT) of no difference, with effects N(0, tau^2). V = pairVariance, n = pairs, g = V + n tau^2:
 * ln L = ln(V / g) / 2 + n^2 tau^2 d^2 / (2 V g), p_n = min(p_(n-1), 1 / L_n),
 * half-width sqrt(V g / (n^2 tau^2) (2 ln(1 / alpha) + ln(g / V))).
 *
 * Sources: Johari, Pekelis, Walsh, Always valid inference, arXiv 1512.04922; Johari, Koomen, Pekelis, Walsh, Peeking at A/B tests (KDD 2017).
 * It is the asymptotic confidence sequence with rho^2 = tau^2 / V, tuned by the effect that is expected in place of a sample size. tau must
 * not shrink with n, as in one vendor's variant: the boundary would be constant and, by the law of the iterated logarithm, be crossed
 * sooner or later by every A/A test. Relative error below 1e-13 for p above 1e-300.
 *
 * @throws RangeError when an argument is out of its range or not finite.
 * @example mixtureSequentialTest({ meanDifference: 0.05, pairVariance: 2, pairs: 10000, mixingVariance: 0.01, alpha: 0.05 }).pValue; // 0.01558...
 */
export function mixtureSequentialTest(look: PairedLook): MixtureTestLook {
  requireArguments(look);
  const { meanDifference, pairVariance, pairs, mixingVariance, alpha, previousPValue = 1 } = look;
  const growth = (pairs * mixingVariance) / pairVariance;
  const zSquared = (meanDifference * meanDifference * pairs) / pairVariance;
  const logLikelihoodRatio = (-Math.log1p(growth) + (zSquared * growth) / (1 + growth)) / 2;
  const halfWidth = Math.sqrt((pairVariance / pairs) * (1 + 1 / growth) * (Math.log1p(growth) - 2 * Math.log(alpha)));
  const pValueOfLook = Math.min(1, Math.exp(-logLikelihoodRatio));
  return {
    logLikelihoodRatio,
    lower: meanDifference - halfWidth,
    upper: meanDifference + halfWidth,
    pValueOfLook,
    pValue: Math.min(previousPValue, pValueOfLook),
  };
}

function requireArguments({ meanDifference, pairVariance, pairs, mixingVariance, alpha, previousPValue = 1 }: PairedLook): void {
  const isAboveZero = (value: number) => value > 0 && Number.isFinite(value);
  if (!Number.isFinite(meanDifference)) throw new RangeError(`The mean difference must be a finite number, not ${meanDifference}.`);
  if (!isAboveZero(pairVariance)) throw new RangeError(`The variance of a pair must be above 0, not ${pairVariance}.`);
  if (!isAboveZero(pairs)) throw new RangeError(`The number of pairs must be above 0, not ${pairs}.`);
  if (!isAboveZero(mixingVariance)) throw new RangeError(`The mixing variance must be above 0, not ${mixingVariance}.`);
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  if (!(previousPValue >= 0 && previousPValue <= 1)) {
    throw new RangeError(`The previous p-value must lie between 0 and 1, not ${previousPValue}.`);
  }
}

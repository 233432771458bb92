export interface ConfidenceSequenceInput {
  /** Any asymptotically normal estimate: a lift, a difference, a mean. */
  readonly estimate: number;
  readonly standardError: number;
  /** Units in all arms that the estimate compares. */
  readonly sampleSize: number;
  /** Probability, over all looks together, that some interval misses the truth; 0 < alpha < 1. */
  readonly alpha: number;
  /** The sample size at which the interval is tightest; choose it before the data. */
  readonly tuningSampleSize?: number;
}

export interface ConfidenceSequenceLook {
  readonly lower: number;
  readonly upper: number;
  /** At most alpha exactly when the interval excludes 0; never below the fixed-horizon p. */
  readonly pValue: number;
}

/**
 * One look of a two-sided asymptotic confidence sequence: valid however often one looks and whenever one stops.
 *
 * With N = sampleSize, SE = standardError, rho^2 = (-2 ln alpha + ln(1 - 2 ln alpha)) / tuningSampleSize and g = N rho^2 + 1:
 * half-width = SE sqrt(2 g / (N rho^2) ln(sqrt(g) / alpha)), p = min(1, sqrt(g) exp(-N rho^2 z^2 / (2 g))), z = estimate / SE.
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, Time-uniform central limit theory and asymptotic confidence sequences,
 * arXiv 2103.06476, equations 9 and 161. Relative error below 1e-12 for p above 1e-300; below that p underflows to 0.
 *
 * Asymptotic: the first look should have at least 30 units in each arm. A standard error of 0 (each arm constant) gives the estimate itself
 * as interval, and p = 0 unless the estimate is 0: with 30 units an arm, two different constants have a permutation p below 1e-16.
 *
 * @throws RangeError when an argument is out of its range or not finite.
 * @example asymptoticConfidenceSequence({ estimate: 0.1, standardError: 0.02, sampleSize: 5000, alpha: 0.05 }).pValue; // 0.0000451...
 */
export function asymptoticConfidenceSequence(input: ConfidenceSequenceInput): ConfidenceSequenceLook {
  requireArguments(input);
  const { estimate, standardError, sampleSize, alpha, tuningSampleSize = 5000 } = input;
  const twoLogs = -2 * Math.log(alpha);
  const rhoSquared = (twoLogs + Math.log1p(twoLogs)) / tuningSampleSize;
  const growth = sampleSize * rhoSquared;
  const logRootOfG = Math.log1p(growth) / 2;
  const halfWidth = standardError * Math.sqrt(2 * (1 + 1 / growth) * (logRootOfG - Math.log(alpha)));
  const exponent = standardError === 0 ? exponentWithoutSpread(estimate) : ((estimate / standardError) ** 2 * growth) / (2 * (growth + 1));
  return { lower: estimate - halfWidth, upper: estimate + halfWidth, pValue: Math.min(1, Math.exp(logRootOfG - exponent)) };
}

function exponentWithoutSpread(estimate: number): number {
  return estimate === 0 ? 0 : Number.POSITIVE_INFINITY;
}

function requireArguments({ estimate, standardError, sampleSize, alpha, tuningSampleSize = 5000 }: ConfidenceSequenceInput): void {
  if (!Number.isFinite(estimate)) throw new RangeError(`The estimate must be a finite number, not ${estimate}.`);
  if (!Number.isFinite(standardError) || standardError < 0)
    throw new RangeError(`The standard error must be at least 0, not ${standardError}.`);
  if (!Number.isFinite(sampleSize) || sampleSize <= 0) throw new RangeError(`The sample size must be above 0, not ${sampleSize}.`);
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  if (!Number.isFinite(tuningSampleSize) || tuningSampleSize <= 0) {
    throw new RangeError(`The tuning sample size must be above 0, not ${tuningSampleSize}.`);
  }
}

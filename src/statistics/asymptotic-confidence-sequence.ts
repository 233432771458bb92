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

export interface OneSidedSequenceInput extends ConfidenceSequenceInput {
  /** GREATER bounds the estimate from below, LESS from above. */
  readonly alternative: 'GREATER' | 'LESS';
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
  const growth = sampleSize * rhoSquared(alpha, tuningSampleSize);
  const logRootOfG = Math.log1p(growth) / 2;
  const halfWidth = standardError * criticalValue(growth, logRootOfG - Math.log(alpha));
  const exponent = evidence(estimate, standardError, growth);
  return { lower: estimate - halfWidth, upper: estimate + halfWidth, pValue: Math.min(1, Math.exp(logRootOfG - exponent)) };
}

/**
 * One look of a one-sided asymptotic confidence sequence, for a guardrail or a non-inferiority margin: tighter on the side that matters,
 * says nothing about the other.
 *
 * With rho^2 from 2 alpha instead of alpha: half-width = SE sqrt(2 g / (N rho^2) ln(1 + sqrt(g) / (2 alpha))), and in the direction of the
 * alternative p = min(1, sqrt(g) / (2 (exp(k) - 1))), k = N rho^2 z^2 / (2 g); 1 against it. Source: the one-sided bound of arXiv
 * 2103.06476 as GrowthBook's gbstats (MIT) states it; p solves it for alpha at the given rho, in closed form and not clipped. Relative
 * error below 1e-12. Where the interval is bounded it excludes 0 exactly when p < alpha. Without spread as `asymptoticConfidenceSequence`.
 *
 * @throws RangeError as `asymptoticConfidenceSequence`, and when alpha is not below 1/2.
 * @example oneSidedConfidenceSequence({ ...look, alternative: 'GREATER' }).pValue;
 */
export function oneSidedConfidenceSequence(input: OneSidedSequenceInput): ConfidenceSequenceLook {
  requireArguments(input);
  const { estimate, standardError, sampleSize, alpha, alternative, tuningSampleSize = 5000 } = input;
  if (alpha >= 0.5) throw new RangeError(`alpha must lie between 0 and 1/2 for one side, not ${alpha}.`);
  const growth = sampleSize * rhoSquared(2 * alpha, tuningSampleSize);
  const rootOfG = Math.sqrt(growth + 1);
  const halfWidth = standardError * criticalValue(growth, Math.log1p(rootOfG / (2 * alpha)));
  const toward = alternative === 'GREATER' ? estimate : -estimate;
  const pValue = toward > 0 ? Math.min(1, rootOfG / (2 * Math.expm1(evidence(estimate, standardError, growth)))) : 1;
  return alternative === 'GREATER'
    ? { lower: estimate - halfWidth, upper: Number.POSITIVE_INFINITY, pValue }
    : { lower: Number.NEGATIVE_INFINITY, upper: estimate + halfWidth, pValue };
}

/**
 * How many standard errors the half-width of `asymptoticConfidenceSequence` is at this sample size: what takes the place of 1.96 when power
 * is planned. Tightest near the tuning sample size and growing like the square root of the logarithm beyond it.
 *
 * @throws RangeError when an argument is out of its range.
 * @example sequentialCriticalValue({ sampleSize: 5000, alpha: 0.05 }); // 3.0352...
 */
export function sequentialCriticalValue(input: Pick<ConfidenceSequenceInput, 'sampleSize' | 'alpha' | 'tuningSampleSize'>): number {
  return asymptoticConfidenceSequence({ ...input, estimate: 0, standardError: 1 }).upper;
}

function rhoSquared(alpha: number, tuningSampleSize: number): number {
  const twoLogs = -2 * Math.log(alpha);
  return (twoLogs + Math.log1p(twoLogs)) / tuningSampleSize;
}

function criticalValue(growth: number, logBound: number): number {
  return Math.sqrt(2 * (1 + 1 / growth) * logBound);
}

/** N rho^2 z^2 / (2 g); infinite without spread, unless the estimate is 0. */
function evidence(estimate: number, standardError: number, growth: number): number {
  if (standardError === 0) return estimate === 0 ? 0 : Number.POSITIVE_INFINITY;
  return ((estimate / standardError) ** 2 * growth) / (2 * (growth + 1));
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

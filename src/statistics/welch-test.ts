import type { LiftEstimate } from './lift';
import type { ArmEstimate } from './ratio-of-sums';
import { studentTQuantile, studentTSurvival } from './student-t-distribution';

/** What the test looks for: any difference, a lift above the null value, or one below it. */
export type Alternative = 'TWO_SIDED' | 'GREATER' | 'LESS';

export interface WelchTestInput {
  /** Of `absoluteLift`, `relativeLift`, `adjustedRelativeLift` or `scaledLift`. */
  readonly lift: LiftEstimate;
  /** Of `welchDegreesOfFreedom`; Infinity makes it a z test. */
  readonly degreesOfFreedom: number;
  /** Probability that the interval misses the truth at this one look; 0 < alpha < 1. */
  readonly alpha: number;
  /** TWO_SIDED unless given. */
  readonly alternative?: Alternative;
  /** The lift that is tested against, in the unit of the lift; 0 unless given, the margin for non-inferiority. */
  readonly nullValue?: number;
}

export interface FixedHorizonTest {
  /** (estimate - null value) / SE; infinite without spread unless the estimate is the null value. */
  readonly statistic: number;
  /** -Infinity when the alternative is LESS. */
  readonly lower: number;
  /** Infinity when the alternative is GREATER. */
  readonly upper: number;
  readonly pValue: number;
}

/**
 * Degrees of freedom of the difference of two means by Welch and Satterthwaite: (a + b)^2 / (a^2 / (n_a - 1) + b^2 / (n_b - 1)) with a, b
 * the squared standard errors. For a relative lift take those of the arms themselves, as here, not of the lift. Between the smaller n - 1
 * and n_a + n_b - 2, which it also is when neither arm has spread.
 *
 * Source: Welch, Biometrika 34 (1947). @throws RangeError when an arm has fewer than two units or a standard error is negative or not
 * finite.
 * @example welchDegreesOfFreedom({ mean: 0, standardError: 1, units: 11 }, { mean: 0, standardError: 1, units: 11 }); // 20
 */
export function welchDegreesOfFreedom(control: ArmEstimate, treatment: ArmEstimate): number {
  for (const { units, standardError } of [control, treatment]) {
    if (!(Number.isInteger(units) && units >= 2)) throw new RangeError(`An arm needs at least two units, not ${units}.`);
    requireStandardError(standardError);
  }
  const larger = Math.max(control.standardError, treatment.standardError);
  if (larger === 0) return control.units + treatment.units - 2;
  // Scaled by the larger one, so that fourth powers of small standard errors do not vanish.
  const [a, b] = [(control.standardError / larger) ** 2, (treatment.standardError / larger) ** 2];
  return (a + b) ** 2 / (a ** 2 / (control.units - 1) + b ** 2 / (treatment.units - 1));
}

/**
 * Welch's t test of a lift, for one look at a sample size fixed beforehand: t = (estimate - null) / SE against Student's t. Looking
 * repeatedly multiplies its errors: 30 looks at alpha = 0.05 err in 28% of experiments; `asymptoticConfidenceSequence` is for that.
 *
 * The interval has alpha in both tails or in the one that the alternative names; it excludes the null value exactly when p < alpha.
 * Relative error of p below 1e-12 down to 1e-300, the tails never being taken from 1. Without spread the interval is the estimate, and p is
 * 0 or 1.
 *
 * @throws RangeError when an argument is out of its range or not finite.
 * @example welchTest({ lift: { estimate: 0.2, standardError: 0.1 }, degreesOfFreedom: 60, alpha: 0.05 }).pValue; // 0.0500...
 */
export function welchTest(input: WelchTestInput): FixedHorizonTest {
  requireArguments(input);
  const { lift, degreesOfFreedom, alpha, alternative = 'TWO_SIDED', nullValue = 0 } = input;
  const excess = lift.estimate - nullValue;
  const statistic = excess === 0 ? 0 : excess / lift.standardError;
  const tail = alternative === 'TWO_SIDED' ? alpha / 2 : alpha;
  const halfWidth = lift.standardError === 0 ? 0 : -studentTQuantile(tail, degreesOfFreedom) * lift.standardError;
  return {
    statistic,
    lower: alternative === 'LESS' ? Number.NEGATIVE_INFINITY : lift.estimate - halfWidth,
    upper: alternative === 'GREATER' ? Number.POSITIVE_INFINITY : lift.estimate + halfWidth,
    pValue: pValueOf(statistic, degreesOfFreedom, alternative, lift.standardError),
  };
}

function pValueOf(statistic: number, degreesOfFreedom: number, alternative: Alternative, standardError: number): number {
  if (alternative === 'TWO_SIDED') return Math.min(1, 2 * studentTSurvival(Math.abs(statistic), degreesOfFreedom));
  // Without spread an estimate at the null value is no evidence at all, not an even chance.
  if (standardError === 0 && statistic === 0) return 1;
  return studentTSurvival(alternative === 'GREATER' ? statistic : -statistic, degreesOfFreedom);
}

function requireArguments({ lift, degreesOfFreedom, alpha, nullValue = 0 }: WelchTestInput): void {
  if (!Number.isFinite(lift.estimate)) throw new RangeError(`The estimate must be a finite number, not ${lift.estimate}.`);
  requireStandardError(lift.standardError);
  if (!(degreesOfFreedom > 0)) throw new RangeError(`The degrees of freedom must be above 0, not ${degreesOfFreedom}.`);
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  if (!Number.isFinite(nullValue)) throw new RangeError(`The null value must be a finite number, not ${nullValue}.`);
}

function requireStandardError(standardError: number): void {
  if (!Number.isFinite(standardError) || standardError < 0) {
    throw new RangeError(`The standard error must be at least 0, not ${standardError}.`);
  }
}

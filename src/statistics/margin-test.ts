import type { LiftEstimate } from './lift';
import { welchTest } from './welch-test';
import type { Interval } from './wilson-interval';

export interface MarginTestInput {
  /** treatment - control, higher being better; negate the estimate for a metric where lower is better. */
  readonly lift: LiftEstimate;
  /** In the unit of the lift, above 0: a loss smaller than this does not matter. Decided before the data. */
  readonly margin: number;
  /** Of each one-sided test; 0 < alpha < 0.5. */
  readonly alpha: number;
  /** Infinity, the default, for a z test. */
  readonly degreesOfFreedom?: number;
}

export interface MarginTest extends Interval {
  /** Of "the treatment is better": null hypothesis lift <= 0. */
  readonly superiorityPValue: number;
  /** Of "the treatment is not worse by the margin": null hypothesis lift <= -margin. */
  readonly nonInferiorityPValue: number;
  /** Of "the treatment is not better by the margin": null hypothesis lift >= margin. */
  readonly nonSuperiorityPValue: number;
  /** Of "the lift is within the margin": the larger of the two above (two one-sided tests, TOST). */
  readonly equivalencePValue: number;
}

/**
 * Superiority, non-inferiority and equivalence, each one-sided. `lower` and `upper` are the interval with coverage 1 - 2 alpha: it lies within
 * -margin..margin exactly when equivalence holds at level alpha, and above -margin exactly when non-inferiority does. "No significant
 * difference" is none of the three: only a margin makes it a statement. Source: Schuirmann (1987). For one look that was planned; to look at
 * any time, hold the end of a confidence sequence against the margin. Error bound: that of `welchTest`.
 *
 * @throws RangeError when the margin is not above 0 or not finite, alpha is not below 0.5, or as `welchTest`.
 * @example
 * marginTest({ lift: { estimate: -0.2, standardError: 0.5 }, degreesOfFreedom: 120, margin: 1, alpha: 0.05 }).equivalencePValue; // 0.0561...
 */
export function marginTest(input: MarginTestInput): MarginTest {
  const { lift, margin, alpha, degreesOfFreedom = Number.POSITIVE_INFINITY } = input;
  if (!(margin > 0 && Number.isFinite(margin))) throw new RangeError(`The margin must be above 0, not ${margin}.`);
  if (!(alpha > 0 && alpha < 0.5)) throw new RangeError(`alpha must lie between 0 and 0.5, not ${alpha}.`);
  const above = (nullValue: number) => welchTest({ lift, degreesOfFreedom, alpha, alternative: 'GREATER', nullValue });
  const nonSuperiority = welchTest({ lift, degreesOfFreedom, alpha, alternative: 'LESS', nullValue: margin });
  const nonInferiority = above(-margin);
  return {
    superiorityPValue: above(0).pValue,
    nonInferiorityPValue: nonInferiority.pValue,
    nonSuperiorityPValue: nonSuperiority.pValue,
    equivalencePValue: Math.max(nonInferiority.pValue, nonSuperiority.pValue),
    lower: nonInferiority.lower,
    upper: nonSuperiority.upper,
  };
}

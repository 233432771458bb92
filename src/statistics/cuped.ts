import type { LiftEstimate } from './lift';
import { linearisedCovariance, type RatioVariable, ratioMean } from './linearised-moments';
import type { MomentMatrix } from './moment-matrix';
import { type DroppedVariable, solveNormalEquations } from './normal-equations';
import type { ArmEstimate } from './ratio-of-sums';

/** What is measured and what it is adjusted by, as positions in the arms' moment matrices. */
export interface CupedVariables {
  readonly metric: RatioVariable;
  /** Known before the treatment could act on them, else the estimate is biased. May be empty. */
  readonly covariates: readonly RatioVariable[];
}

/** An arm's estimate after the adjustment: of `cuped` what it would have been with the covariates' mean of all arms. */
export interface AdjustedArm extends ArmEstimate {
  /** The same arm without the adjustment. */
  readonly unadjusted: ArmEstimate;
  /** Covariance of the adjusted and the unadjusted mean. */
  readonly covariance: number;
}

export interface CupedAdjustment {
  /** In the order of the input. */
  readonly arms: readonly AdjustedArm[];
  /** One coefficient for each covariate, metric units per covariate unit; 0 for those that were dropped. */
  readonly theta: readonly number[];
  /** Covariates that do not vary or repeat earlier ones. */
  readonly dropped: readonly DroppedVariable[];
  /** 1 - (sum of adjusted SE^2) / (sum of SE^2) over the arms; about rho^2, 0 without variance, a little below 0 for useless covariates. */
  readonly varianceRemoved: number;
}

/**
 * CUPED from sufficient statistics: the part of the metric that covariates from before the experiment predict is taken away from every arm
 * with one and the same theta, which leaves the expected difference and removes the share rho^2 of its variance.
 *
 * theta solves Cov(X, X) theta = Cov(X, Y). For means the covariances are those of all arms' units taken as one sample; as soon as the
 * metric or a covariate is a ratio they are summed over the arms, each linearised about its own ratios. Both as GrowthBook's gbstats (MIT,
 * `models/statistics.py`), which has one covariate; here there may be many. Source of the method: Deng, Xu, Kohavi, Walker, Improving the
 * sensitivity of online controlled experiments by utilizing pre-experiment data (WSDM 2013). Error bounds: `MomentMatrix`,
 * `solveNormalEquations`.
 *
 * @returns null when an arm has fewer than two units or a ratio without denominator.
 * @throws RangeError without arms, when the arms' variables differ, or a position is not in the matrices.
 * @example cuped([control, treatment], { metric: { numerator: 1, denominator: 2 }, covariates: [{ numerator: 3, denominator: 0 }] });
 */
export function cuped(arms: readonly MomentMatrix[], variables: CupedVariables): CupedAdjustment | null {
  const { metric, covariates } = variables;
  const samples = [metric, ...covariates].every(({ denominator }) => denominator === 0) ? [pooled(arms)] : arms;
  const sumOver = (one: RatioVariable, other: RatioVariable) =>
    samples.reduce((sum, sample) => sum + (linearisedCovariance(sample, one, other) ?? 0), 0);
  const matrix = covariates.map((one) => covariates.map((other) => sumOver(one, other)));
  const right = covariates.map((covariate) => sumOver(covariate, metric));
  const floors = covariates.map((covariate) => samples.reduce((sum, sample) => sum + varianceRounding(sample, covariate), 0));
  const { coefficients, dropped } = solveNormalEquations(matrix, [right], floors);
  const [theta = []] = coefficients;
  const everyone = pooled(arms);
  const shift = covariates.reduce((sum, covariate, i) => sum + (theta[i] as number) * (ratioMean(everyone, covariate) ?? 0), 0);
  const adjusted = arms.map((arm) => adjustArm(arm, variables, theta));
  if (!adjusted.every((arm) => arm !== null)) return null;
  const centred = adjusted.map((arm) => ({ ...arm, mean: arm.mean + shift }));
  return { arms: centred, theta, dropped, varianceRemoved: varianceRemoved(centred) };
}

/**
 * One arm with a given theta, not shifted to anything: only differences of its mean, R_Y - theta' R_X, say something. Variance per unit
 * s_Y^2 - 2 theta' s_XY + theta' S_XX theta of the linearised ratios.
 *
 * @returns null with fewer than two units or a ratio without denominator.
 * @throws RangeError when there are not as many coefficients as covariates, or a position is not in the matrix.
 */
export function adjustArm(arm: MomentMatrix, { metric, covariates }: CupedVariables, theta: readonly number[]): AdjustedArm | null {
  if (theta.length !== covariates.length) throw new RangeError('There must be as many coefficients as covariates.');
  const terms = [{ variable: metric, weight: 1 }, ...covariates.map((variable, i) => ({ variable, weight: -(theta[i] as number) }))].filter(
    ({ weight }) => weight !== 0,
  );
  const means = terms.map(({ variable }) => ratioMean(arm, variable));
  if (arm.units < 2 || means.includes(null)) return null;
  const combine = (value: (variable: RatioVariable, term: number) => number) =>
    terms.reduce((sum, { variable, weight }, term) => sum + weight * value(variable, term), 0);
  const covarianceWith = (one: RatioVariable) => combine((other) => linearisedCovariance(arm, one, other) ?? 0);
  const standardError = (variance: number) => Math.sqrt(Math.max(0, variance) / arm.units);
  const unadjustedVariance = linearisedCovariance(arm, metric, metric) ?? 0;
  return {
    mean: combine((_, term) => means[term] as number),
    standardError: standardError(combine(covarianceWith)),
    units: arm.units,
    unadjusted: { mean: means[0] as number, standardError: standardError(unadjustedVariance), units: arm.units },
    covariance: covarianceWith(metric) / arm.units,
  };
}

/**
 * (treatment - control) / |unadjusted control|, adjusted where it is a difference. With r the ratio of the means, y and a the unadjusted
 * and adjusted mean of the control, SE^2 = (Var(treatment) + Var(a) + 2 (r - 1) Cov(a, y) + (r - 1)^2 Var(y)) / y^2: the base is the same
 * units as the difference, so it moves with it. r is taken from the unadjusted means for a mean and from the adjusted difference for a
 * ratio, as GrowthBook's gbstats does (MIT, `models/tests.py`); both estimate the same.
 *
 * @returns null when the control's unadjusted mean is 0.
 * @example adjustedRelativeLift(adjusted.arms[0], adjusted.arms[1], { numerator: 1, denominator: 2 })?.estimate;
 */
export function adjustedRelativeLift(control: AdjustedArm, treatment: AdjustedArm, metric: RatioVariable): LiftEstimate | null {
  const base = control.unadjusted.mean;
  if (base === 0) return null;
  const difference = treatment.mean - control.mean;
  const excess = (metric.denominator === 0 ? treatment.unadjusted.mean - base : difference) / base;
  const variance =
    treatment.standardError ** 2 +
    control.standardError ** 2 +
    2 * excess * control.covariance +
    (excess * control.unadjusted.standardError) ** 2;
  return { estimate: difference / Math.abs(base), standardError: Math.sqrt(Math.max(0, variance)) / Math.abs(base) };
}

function pooled(arms: readonly MomentMatrix[]): MomentMatrix {
  const [first, ...rest] = arms;
  if (first === undefined) throw new RangeError('There must be at least one arm.');
  return rest.reduce((sum, arm) => sum.merge(arm), first);
}

/** The worst rounding of a covariate's variance; one that does not exceed it may as well be constant. */
function varianceRounding(sample: MomentMatrix, { numerator, denominator }: RatioVariable): number {
  const scale = sample.units < 2 ? 0 : sample.mean(denominator) ** 2 * (sample.units - 1);
  return scale > 0 ? (sample.units * Number.EPSILON * sample.sumOfProducts(numerator, numerator)) / scale : 0;
}

function varianceRemoved(arms: readonly AdjustedArm[]): number {
  const before = arms.reduce((sum, { unadjusted }) => sum + unadjusted.standardError ** 2, 0);
  const after = arms.reduce((sum, { standardError }) => sum + standardError ** 2, 0);
  return before > 0 ? 1 - after / before : 0;
}

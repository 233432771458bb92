import type { MomentMatrix } from './moment-matrix';
import { solveNormalEquations } from './normal-equations';
import type { Stratum } from './sparse-strata';

/** Least squares of every outcome on an arm's own intercept and common slopes of the covariates. */
export interface WithinFit {
  /** Covariates that are neither constant nor collinear. */
  readonly kept: number;
  /** n - kept - 2 outcomes. */
  readonly degreesOfFreedom: number;
  /** Residual covariance of the outcomes per unit. */
  readonly residual: readonly (readonly number[])[];
  /** For every outcome theta'd, what the arms' difference in the covariates explains of their difference. */
  readonly shifts: readonly number[];
  /** d'W^-1 d, d the difference of the arms' covariate means and W the scatter of the covariates within the arms. */
  readonly leverage: number;
  /** tr(W^-1 V), V the covariance of the covariates over all units. */
  readonly leverageOfMean: number;
  /** theta'V theta for every pair of outcomes: the variance per unit of what the covariates explain. */
  readonly explained: readonly (readonly number[])[];
}

/**
 * The slopes theta = W^-1 W_xy and what follows from them, from the arms' moments alone. By Frisch, Waugh and Lovell this is the regression
 * with an intercept and a treatment indicator, with two unknowns fewer to solve for. Bounds as `MomentMatrix` and `solveNormalEquations`.
 *
 * @throws RangeError when the arms' variables differ or a position is not in the matrices.
 */
export function fitCovariates({ control, treatment }: Stratum, outcomes: readonly number[], covariates: readonly number[]): WithinFit {
  const both = control.merge(treatment);
  const within = (one: number, other: number) =>
    (control.units - 1) * control.covariance(one, other) + (treatment.units - 1) * treatment.covariance(one, other);
  const table = (rows: readonly number[], columns: readonly number[], entry: (row: number, column: number) => number) =>
    rows.map((row) => columns.map((column) => entry(row, column)));
  const products = table(outcomes, covariates, within);
  const total = table(covariates, covariates, (one, other) => both.covariance(one, other));
  const imbalance = covariates.map((position) => treatment.mean(position) - control.mean(position));
  const floors = covariates.map((position) => scatterRounding(both, position));
  const { coefficients, dropped } = solveNormalEquations(table(covariates, covariates, within), [...products, imbalance, ...total], floors);
  const slopes = coefficients.slice(0, outcomes.length);
  const [pull = [], ...byTotal] = coefficients.slice(outcomes.length);
  const kept = covariates.length - dropped.length;
  const degreesOfFreedom = both.units - kept - 2 * outcomes.length;
  return {
    kept,
    degreesOfFreedom,
    residual: outcomes.map((one, i) =>
      outcomes.map((other, j) => (within(one, other) - dot(slopes[i] as number[], products[j] as number[])) / degreesOfFreedom),
    ),
    shifts: slopes.map((slope) => dot(slope, imbalance)),
    leverage: dot(imbalance, pull),
    leverageOfMean: byTotal.reduce((sum, column, k) => sum + (column[k] as number), 0),
    explained: slopes.map((left) => slopes.map((right) => total.reduce((sum, row, k) => sum + (left[k] as number) * dot(row, right), 0))),
  };
}

/** The worst rounding of a sum of squared deviations: units x 2^-52 x sum of squares. */
function scatterRounding(both: MomentMatrix, position: number): number {
  return both.units * Number.EPSILON * both.sumOfProducts(position, position);
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, i) => sum + value * (right[i] as number), 0);
}

import { fitCovariates, type WithinFit } from './covariate-fit';
import type { MomentMatrix } from './moment-matrix';
import type { Stratum } from './sparse-strata';

export interface StratumEffect {
  readonly units: number;
  /** The control's mean of every outcome, then every outcome's difference treatment - control. */
  readonly means: readonly number[];
  /** n times the covariance of `means`, in their order. */
  readonly covariancePerUnit: Matrix;
}

type Matrix = readonly (readonly number[])[];

/**
 * What one stratum says of the control's means and of the differences. Without covariates: the means of the arms with their own variances
 * (divisor n - 1). With covariates: least squares Y ~ 1 + T + X in both arms together, the control's mean read at the mean of X, one
 * residual variance for both arms with the divisor n - covariates - 2 outcomes. Source: GrowthBook's gbstats (MIT,
 * `frequentist/post_strat.py`).
 *
 * @param outcomes positions of the numerator and, for a ratio, the denominator. @param covariates positions; may be empty.
 * @returns null when an arm has fewer than two units, or no degrees of freedom are left.
 * @throws RangeError when the arms' variables differ or a position is not in the matrices.
 */
export function stratumEffect(stratum: Stratum, outcomes: readonly number[], covariates: readonly number[]): StratumEffect | null {
  const { control, treatment } = stratum;
  if (control.units < 2 || treatment.units < 2) return null;
  const fit = fitCovariates(stratum, outcomes, covariates);
  if (fit.kept === 0) return differenceOfMeans(stratum, outcomes);
  return fit.degreesOfFreedom > 0 ? adjustedDifference(stratum, outcomes, fit) : null;
}

function differenceOfMeans({ control, treatment }: Stratum, outcomes: readonly number[]): StratumEffect {
  const units = control.units + treatment.units;
  const perUnit = (arm: MomentMatrix, sign: 1 | -1) =>
    outcomes.map((one) => outcomes.map((other) => (sign * arm.covariance(one, other) * units) / arm.units));
  const difference = add(perUnit(control, 1), perUnit(treatment, 1));
  return {
    units,
    means: [...meansOf(control, outcomes), ...outcomes.map((outcome) => treatment.mean(outcome) - control.mean(outcome))],
    covariancePerUnit: fromBlocks(perUnit(control, 1), perUnit(control, -1), difference),
  };
}

/**
 * With W the scatter of X within the arms, d = the difference of the arms' means of X and s = n_t / n, the control's mean is
 * mean(Y_c) + s theta'd and the difference mean(Y_t) - mean(Y_c) - theta'd, so that their variances per residual variance are
 * 1 / n_c + s^2 d'W^-1 d, and 1 / n_c + 1 / n_t + d'W^-1 d, and their covariance -1 / n_c - s d'W^-1 d.
 */
function adjustedDifference({ control, treatment }: Stratum, outcomes: readonly number[], fit: WithinFit): StratumEffect {
  const units = control.units + treatment.units;
  const share = treatment.units / units;
  const residual = (factor: number) => fit.residual.map((row) => row.map((entry) => entry * factor * units));
  const controlFactor = 1 / control.units + share ** 2 * fit.leverage + fit.leverageOfMean / units;
  const shifts = fit.shifts;
  return {
    units,
    means: [
      ...meansOf(control, outcomes).map((mean, i) => mean + share * (shifts[i] as number)),
      ...outcomes.map((outcome, i) => treatment.mean(outcome) - control.mean(outcome) - (shifts[i] as number)),
    ],
    covariancePerUnit: fromBlocks(
      add(residual(controlFactor), fit.explained),
      residual(-1 / control.units - share * fit.leverage),
      residual(1 / control.units + 1 / treatment.units + fit.leverage),
    ),
  };
}

function meansOf(arm: MomentMatrix, positions: readonly number[]): number[] {
  return positions.map((position) => arm.mean(position));
}

function add(left: Matrix, right: Matrix): number[][] {
  return left.map((row, i) => row.map((entry, j) => entry + ((right[i] as readonly number[])[j] as number)));
}

/** The symmetric matrix of two by two blocks, the off-diagonal one being symmetric itself. */
function fromBlocks(first: Matrix, between: Matrix, second: Matrix): number[][] {
  return [
    ...first.map((row, i) => [...row, ...(between[i] as readonly number[])]),
    ...second.map((row, i) => [...(between[i] as readonly number[]), ...row]),
  ];
}

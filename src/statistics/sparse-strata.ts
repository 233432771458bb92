import type { MomentMatrix } from './moment-matrix';

/** The units of both arms that share one value of a stratifying attribute. */
export interface Stratum {
  readonly control: MomentMatrix;
  readonly treatment: MomentMatrix;
}

/**
 * The strata from large to small, those that cannot be estimated on their own merged into the largest: without two units in each arm,
 * without spread of the outcome in one, or with too few units for the covariates' coefficients. GrowthBook's gbstats (MIT) does the same.
 *
 * @param outcomes positions of the numerator and, for a ratio, the denominator. @param covariates positions.
 * @throws RangeError without strata, when the variables differ, or a position is not in the matrices.
 */
export function mergeSparseStrata(strata: readonly Stratum[], outcomes: readonly number[], covariates: readonly number[]): Stratum[] {
  const [largest, ...others] = [...strata].sort((a, b) => unitsOf(b) - unitsOf(a));
  if (largest === undefined) throw new RangeError('There must be at least one stratum.');
  const isEnough = (stratum: Stratum) => canBeEstimated(stratum, outcomes, covariates);
  const merged = others
    .filter((stratum) => !isEnough(stratum))
    .reduce((sum, { control, treatment }) => ({ control: sum.control.merge(control), treatment: sum.treatment.merge(treatment) }), largest);
  return [merged, ...others.filter(isEnough)];
}

function unitsOf({ control, treatment }: Stratum): number {
  return control.units + treatment.units;
}

/** Residual degrees of freedom, n - covariates - 2 for each outcome, must be left. */
function canBeEstimated(stratum: Stratum, outcomes: readonly number[], covariates: readonly number[]): boolean {
  if (covariates.length > 0 && unitsOf(stratum) <= covariates.length + 2 * outcomes.length) return false;
  return [stratum.control, stratum.treatment].every((arm) => arm.units >= 2 && outcomes.some((outcome) => arm.variance(outcome) > 0));
}

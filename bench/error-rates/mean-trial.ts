import { anytimeDifference, type ShapedArm } from '../../src/statistics/anytime-difference';
import { absoluteLift } from '../../src/statistics/lift';
import { normalSurvival } from '../../src/statistics/normal-distribution';
import { ratioOfSums } from '../../src/statistics/ratio-of-sums';
import { thirdMomentOfRatio } from '../../src/statistics/third-moment';
import type { Draws } from './draws';
import type { ArmIndex, Trial, TrialLook } from './setting';

/** What a unit adds: a mean has the denominator 1. */
export interface UnitValue {
  readonly numerator: number;
  readonly denominator: number;
}

export interface MeanTrialOptions {
  readonly treatmentShare: number;
  /** True difference of the arms. */
  readonly truth: number;
  readonly draw: (arm: ArmIndex) => UnitValue;
}

/** The ANYTIME procedure on a difference of means or ratios over units. */
export class MeanTrial implements Trial {
  readonly #draws: Draws;
  readonly #options: MeanTrialOptions;
  readonly #arms = [emptySums(), emptySums()] as const;

  constructor(draws: Draws, options: MeanTrialOptions) {
    this.#draws = draws;
    this.#options = options;
  }

  get unitsInSmallestArm(): number {
    return Math.min(this.#arms[0].units, this.#arms[1].units);
  }

  next(): void {
    const arm = this.#draws.chance(this.#options.treatmentShare) ? 1 : 0;
    const { numerator, denominator } = this.#options.draw(arm);
    const sums = this.#arms[arm];
    sums.units += 1;
    sums.numerator += numerator;
    sums.denominator += denominator;
    sums.numeratorSquared += numerator * numerator;
    sums.denominatorSquared += denominator * denominator;
    sums.product += numerator * denominator;
    sums.numeratorCubed += numerator ** 3;
    sums.numeratorSquaredDenominator += numerator ** 2 * denominator;
    sums.numeratorDenominatorSquared += numerator * denominator ** 2;
    sums.denominatorCubed += denominator ** 3;
  }

  look(alpha: number): TrialLook | null {
    const [control, treatment] = this.#arms.map(estimateOf) as [ShapedArm | null, ShapedArm | null];
    return control && treatment ? lookAtMeans(control, treatment, { alpha, truth: this.#options.truth }) : null;
  }
}

function estimateOf(sums: Sums): ShapedArm | null {
  const estimate = ratioOfSums(sums);
  return estimate && { ...estimate, thirdMoment: thirdMomentOfRatio(sums) };
}

export function lookAtMeans(
  control: ShapedArm,
  treatment: ShapedArm,
  { alpha, truth }: { readonly alpha: number; readonly truth: number },
): TrialLook | null {
  // As the product does: a spread of 0 is a lack of evidence.
  if (control.standardError === 0 && treatment.standardError === 0) return null;
  const { lower, upper, pValue } = anytimeDifference(control, treatment, { alpha });
  const fixed = absoluteLift(control, treatment);
  return {
    fixedPValue: 2 * normalSurvival(Math.abs(fixed.estimate) / fixed.standardError),
    callsDifference: () => pValue <= alpha,
    missesTruth: () => truth < lower || truth > upper,
    interval: () => ({ lower, upper }),
  };
}

function emptySums() {
  const squares = { numeratorSquared: 0, denominatorSquared: 0, product: 0 };
  const cubes = { numeratorCubed: 0, numeratorSquaredDenominator: 0, numeratorDenominatorSquared: 0, denominatorCubed: 0 };
  return { units: 0, numerator: 0, denominator: 0, ...squares, ...cubes };
}

type Sums = ReturnType<typeof emptySums>;

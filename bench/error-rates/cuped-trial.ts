import { MomentMatrix } from '../../src/statistics/moment-matrix';
import { type ArmMoments, shapedCuped } from '../../src/statistics/shaped-cuped';
import type { Draws } from './draws';
import { lookAtMeans } from './mean-trial';
import type { ArmIndex, Trial, TrialLook } from './setting';

export interface CupedTrialOptions {
  readonly treatmentShare: number;
  readonly truth: number;
  /** A unit's value and its covariate from before. */
  readonly draw: (arm: ArmIndex) => readonly [number, number];
}

const variables = { metric: { numerator: 1, denominator: 0 }, covariate: { numerator: 2, denominator: 0 } };

/** The ANYTIME procedure on means that CUPED has adjusted. */
export class CupedTrial implements Trial {
  readonly #draws: Draws;
  readonly #options: CupedTrialOptions;
  /** Of each arm n; sum y, y^2; sum x, x y, x^2: what `MomentMatrix` packs. Then sum y^3, y^2 x, y x^2, x^3. */
  readonly #sums = [new Array<number>(10).fill(0), new Array<number>(10).fill(0)] as const;

  constructor(draws: Draws, options: CupedTrialOptions) {
    this.#draws = draws;
    this.#options = options;
  }

  get unitsInSmallestArm(): number {
    return Math.min(this.#sums[0][0] as number, this.#sums[1][0] as number);
  }

  next(): void {
    const arm = this.#draws.chance(this.#options.treatmentShare) ? 1 : 0;
    const [y, x] = this.#options.draw(arm);
    const sums = this.#sums[arm];
    [1, y, y * y, x, x * y, x * x, y * y * y, y * y * x, y * x * x, x * x * x].forEach((product, at) => {
      sums[at] = (sums[at] as number) + product;
    });
  }

  look(alpha: number): TrialLook | null {
    const adjustment = shapedCuped(this.#sums.map(momentsOf), variables);
    const [control, treatment] = adjustment?.arms ?? [];
    return control && treatment ? lookAtMeans(control, treatment, { alpha, truth: this.#options.truth }) : null;
  }
}

function momentsOf(sums: readonly number[]): ArmMoments {
  const moments = MomentMatrix.fromPacked(sums.slice(0, 6));
  const triples = (...positions: number[]) => {
    const [first = 0, second = 0, third = 0] = positions.sort((one, other) => one - other);
    return first === 0 ? moments.sumOfProducts(second, third) : (sums[6 + first + second + third - 3] as number);
  };
  return { moments, triples };
}

import { alwaysValidSampleRatio } from '../../src/statistics/always-valid-sample-ratio';
import { sampleRatioMismatch } from '../../src/statistics/sample-ratio-mismatch';
import type { Draws } from './draws';
import type { Trial, TrialLook } from './setting';

/** The always-valid check of the split: its effect is the share of the second arm, for which it has no interval. */
export class SplitTrial implements Trial {
  readonly #draws: Draws;
  readonly #share: number;
  readonly #units: [number, number] = [0, 0];

  constructor(draws: Draws, share: number) {
    this.#draws = draws;
    this.#share = share;
  }

  get unitsInSmallestArm(): number {
    return Math.min(...this.#units);
  }

  next(): void {
    this.#units[this.#draws.chance(this.#share) ? 1 : 0] += 1;
  }

  look(alpha: number): TrialLook {
    const observed: readonly number[] = this.#units;
    const pValueAgainst = (share: number) => alwaysValidSampleRatio({ observed, weights: [1 - share, share] }).pValue;
    return {
      fixedPValue: sampleRatioMismatch(observed, [1, 1]).pValue,
      callsDifference: () => pValueAgainst(0.5) <= alpha,
      missesTruth: () => pValueAgainst(this.#share) < alpha,
      interval: () => ({ lower: 0, upper: 1 }),
    };
  }
}

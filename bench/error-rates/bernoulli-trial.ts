import { bernoulliLogEvidence } from '../../src/statistics/bernoulli-confidence-sequence';
import { bernoulliDifferenceSequence, leastLogEvidence } from '../../src/statistics/bernoulli-difference-sequence';
import { tunedConcentration } from '../../src/statistics/beta-binomial-mixture';
import { normalSurvival } from '../../src/statistics/normal-distribution';
import type { Draws } from './draws';
import type { ArmIndex, Trial, TrialLook } from './setting';

export interface BernoulliTrialOptions {
  /** Of a success, in the control and in the treatment. */
  readonly probabilities: readonly [number, number];
  readonly tuningUnits: number;
  /** Which arm the next unit gets; it may look at the arms. */
  readonly assign: (draws: Draws, arms: readonly [Counts, Counts]) => ArmIndex;
}

export interface Counts {
  readonly successes: number;
  readonly units: number;
}

/** The exact sequence for two probabilities. */
export class BernoulliTrial implements Trial {
  readonly #draws: Draws;
  readonly #options: BernoulliTrialOptions;
  readonly #arms: [Counts, Counts] = [
    { successes: 0, units: 0 },
    { successes: 0, units: 0 },
  ];

  constructor(draws: Draws, options: BernoulliTrialOptions) {
    this.#draws = draws;
    this.#options = options;
  }

  get unitsInSmallestArm(): number {
    return Math.min(this.#arms[0].units, this.#arms[1].units);
  }

  next(): void {
    const arm = this.#options.assign(this.#draws, this.#arms);
    const { successes, units } = this.#arms[arm];
    const isSuccess = this.#draws.chance(this.#options.probabilities[arm]);
    this.#arms[arm] = { successes: successes + Number(isSuccess), units: units + 1 };
  }

  look(alpha: number): TrialLook {
    const [control, treatment] = this.#arms;
    const { probabilities, tuningUnits } = this.#options;
    const options = { alpha, tuningUnits };
    const concentration = tunedConcentration({ units: tuningUnits, alpha });
    const pooled = (control.successes + treatment.successes) / (control.units + treatment.units);
    // Any pair bounds the least evidence from above, so the search is needed only where this one is excluded.
    const isExcluded = (pair: readonly [number, number]) => {
      const arms = [control, treatment] as const;
      const evidence = arms.map(({ successes, units }, arm) =>
        bernoulliLogEvidence(pair[arm] as number, { ones: successes, zeros: units - successes, concentration }),
      );
      if ((evidence[0] as number) + (evidence[1] as number) <= -Math.log(alpha)) return false;
      return leastLogEvidence(control, treatment, { difference: pair[1] - pair[0], concentration }) > -Math.log(alpha);
    };
    return {
      fixedPValue: fixedPValue(control, treatment),
      callsDifference: () => isExcluded([pooled, pooled]),
      missesTruth: () => isExcluded(probabilities),
      interval: () => bernoulliDifferenceSequence(control, treatment, options),
    };
  }
}

/** The usual z-test with separate variances; 1 where nothing varies. */
function fixedPValue(...arms: readonly [Counts, Counts]): number {
  const [control, treatment] = arms.map(({ successes, units }) => successes / units) as [number, number];
  const variance = (control * (1 - control)) / arms[0].units + (treatment * (1 - treatment)) / arms[1].units;
  return variance === 0 ? 1 : 2 * normalSurvival(Math.abs(treatment - control) / Math.sqrt(variance));
}

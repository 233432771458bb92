import { type BanditRule, banditWeights } from '../../src/statistics/bandit-weights';
import { periodStratifiedMean } from '../../src/statistics/period-stratified-mean';
import { type ArmEstimate, meanOfSums, type ValueSums } from '../../src/statistics/ratio-of-sums';
import type { Draws } from './draws';
import { lookAtMeans } from './mean-trial';
import type { ArmIndex, Trial, TrialLook } from './setting';

export interface BanditTrialOptions {
  readonly rule: BanditRule;
  /** Units of both arms until the weights change. */
  readonly periodUnits: number;
  readonly truth: number;
  /** @param period so that the metric may drift. */
  readonly draw: (arm: ArmIndex, period: number) => number;
}

type Period = readonly [ValueSums, ValueSums];

/** Two arms whose weights follow the results; estimates stratified by period. The fixed-horizon test pools the periods as if nothing had changed. */
export class BanditTrial implements Trial {
  readonly #draws: Draws;
  readonly #options: BanditTrialOptions;
  readonly #periods: Period[] = [emptyPeriod()];
  #weights: readonly number[] = [0.5, 0.5];

  constructor(draws: Draws, options: BanditTrialOptions) {
    this.#draws = draws;
    this.#options = options;
  }

  get unitsInSmallestArm(): number {
    return Math.min(...[0, 1].map((arm) => this.#periods.reduce((sum, period) => sum + (period[arm]?.units ?? 0), 0)));
  }

  next(): void {
    const arm = this.#draws.chance(this.#weights[1] as number) ? 1 : 0;
    const last = this.#periods.length - 1;
    const [control, treatment] = this.#periods[last] as Period;
    const value = this.#options.draw(arm, last);
    this.#periods[last] = arm === 0 ? [added(control, value), treatment] : [control, added(treatment, value)];
    if (unitsOf(this.#periods[last]) >= this.#options.periodUnits) this.#beginPeriod();
  }

  look(alpha: number): TrialLook | null {
    const arms = this.#estimates();
    const look = arms && lookAtMeans(...arms, { alpha, truth: this.#options.truth });
    const pooled = [0, 1].map((arm) => meanOfSums(this.#periods.map((period) => period[arm] as ValueSums).reduce(sumOf)));
    const [control, treatment] = pooled;
    if (!look || !control || !treatment) return null;
    const naive = lookAtMeans(control, treatment, { alpha, truth: this.#options.truth });
    return { ...look, fixedPValue: naive?.fixedPValue ?? 1 };
  }

  #beginPeriod(): void {
    const arms = this.#estimates();
    if (arms) this.#weights = banditWeights(arms, this.#weights, this.#options.rule).weights;
    this.#periods.push(emptyPeriod());
  }

  /** A period that is too young for a spread in both arms does not count yet. */
  #estimates(): [ArmEstimate, ArmEstimate] | null {
    const old = this.#periods.filter((period) => period.every(({ units }) => units >= 30));
    const [control, treatment] = [0, 1].map((arm) =>
      periodStratifiedMean(
        old.map((period) => ({ unitsOfAllArms: unitsOf(period), arm: meanOfSums(period[arm] as ValueSums) as ArmEstimate })),
      ),
    );
    return control && treatment ? [control, treatment] : null;
  }
}

function unitsOf([control, treatment]: Period): number {
  return control.units + treatment.units;
}

function emptyPeriod(): Period {
  const empty = { units: 0, sum: 0, sumOfSquares: 0 };
  return [empty, empty];
}

function added({ units, sum, sumOfSquares }: ValueSums, value: number): ValueSums {
  return { units: units + 1, sum: sum + value, sumOfSquares: sumOfSquares + value * value };
}

function sumOf(one: ValueSums, other: ValueSums): ValueSums {
  return { units: one.units + other.units, sum: one.sum + other.sum, sumOfSquares: one.sumOfSquares + other.sumOfSquares };
}

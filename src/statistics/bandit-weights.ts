import { type NormalPrior, posteriorWithPrior } from './posterior';
import { rankChances } from './probability-of-best';
import type { ArmEstimate } from './ratio-of-sums';

export interface BanditRule {
  /**
   * THOMPSON: the chance to be the best. TOP_TWO: half of the units to the best, half to the second best, which finds the winner sooner.
   */
  readonly kind: 'THOMPSON' | 'TOP_TWO';
  readonly lowerIsBetter: boolean;
  /** On the arms' means, in the metric's unit; wide, so that it only keeps the arithmetic finite. */
  readonly prior: NormalPrior;
  /** The weight that no arm falls below, so that its propensity can be divided by. */
  readonly floor: number;
  /** Until every arm has so many units, the weights stay as they are. */
  readonly minimumUnits: number;
}

export const defaultBanditRule: BanditRule = Object.freeze({
  kind: 'THOMPSON',
  lowerIsBetter: false,
  prior: { mean: 0, standardDeviation: 100 },
  floor: 0.01,
  minimumUnits: 100,
});

export type BanditUpdate =
  | { readonly kind: 'TOO_FEW_UNITS'; readonly weights: readonly number[] }
  | { readonly kind: 'UPDATED'; readonly weights: readonly number[]; readonly chancesToBeBest: readonly number[] };

/**
 * The next period's weights of a bandit: the chances of `rankChances` under each arm's posterior, with the floor of `withFloor`. The arms
 * should be estimates of `periodStratifiedMean`, which changing weights do not bias. An arm without spread cannot be ranked yet, so it
 * counts as too few units.
 *
 * @param currentWeights what stays while there are too few units; one for each arm.
 * @throws RangeError without arms, when the numbers of arms and weights differ, or the rule is out of its range.
 * @example banditWeights([control, treatment], [0.5, 0.5]); // { kind: 'UPDATED', weights: [0.12, 0.88], chancesToBeBest: [0.11, 0.89] }
 */
export function banditWeights(
  arms: readonly ArmEstimate[],
  currentWeights: readonly number[],
  rule: BanditRule = defaultBanditRule,
): BanditUpdate {
  if (arms.length !== currentWeights.length) throw new RangeError('There must be as many weights as arms.');
  if (arms.some(({ units, standardError }) => units < rule.minimumUnits || standardError === 0)) {
    return { kind: 'TOO_FEW_UNITS', weights: [...currentWeights] };
  }
  const beliefs = arms.map(({ mean, standardError }) => {
    const posterior = posteriorWithPrior({ estimate: mean, standardError }, rule.prior);
    return { mean: rule.lowerIsBetter ? -posterior.estimate : posterior.estimate, standardDeviation: posterior.standardError };
  });
  const { best, secondBest } = rankChances(beliefs);
  const raw = rule.kind === 'TOP_TWO' && arms.length > 1 ? best.map((chance, i) => (chance + (secondBest[i] as number)) / 2) : best;
  return { kind: 'UPDATED', weights: withFloor(raw, rule.floor), chancesToBeBest: best };
}

/**
 * p_i = f + (1 - k f) w_i: sums to 1 when the w do, keeps their order, and none is below the floor f. A floor of 1 / k or more leaves equal
 * weights.
 *
 * @throws RangeError without weights, when one is negative, they do not sum to 1 within 1e-9, or the floor is not within 0..1.
 * @example withFloor([0, 0.2, 0.8], 0.1); // [0.1, 0.24, 0.66]
 */
export function withFloor(weights: readonly number[], floor: number): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(Math.abs(sum - 1) <= 1e-9) || weights.some((weight) => weight < 0))
    throw new RangeError('Weights must be at least 0 and sum to 1.');
  if (!(floor >= 0 && floor <= 1)) throw new RangeError(`The floor must lie between 0 and 1, not ${floor}.`);
  const arms = weights.length;
  if (arms * floor >= 1) return weights.map(() => 1 / arms);
  return weights.map((weight) => floor + (1 - arms * floor) * weight);
}

import type { Experiment, Variant } from './experiment';
import type { ExperimentResults } from './experiment-results';
import { percentage } from './percentage';

/** Other weights for a bandit, and why. */
export interface BanditMove {
  readonly kind: 'reweight';
  /** One a variant, in their order. */
  readonly weights: readonly number[];
  readonly reason: string;
}

/** The weights that the results call for; null: none. A broken split moves nothing. */
export function banditMove({ variants }: Experiment, { bandit, decision, metrics }: ExperimentResults): BanditMove | null {
  const primary = metrics.find(({ role }) => role === 'PRIMARY');
  if (!primary || !bandit?.nextWeights || !bandit.chancesToBeBest || decision.action === 'DO_NOT_TRUST') return null;
  const units = primary.variants.reduce((sum, variant) => sum + variant.units, 0);
  const chances = describeShares(variants, bandit.chancesToBeBest);
  return {
    kind: 'reweight',
    weights: bandit.nextWeights,
    reason: `The chance to be best in ${primary.metric}, by ${units} units, is ${chances}.`,
  };
}

/** @example 'control 7.8%, cnn 92.2%' */
export function describeShares(variants: readonly Variant[], shares: readonly number[]): string {
  return variants.map(({ key }, index) => `${key} ${percentage(Number((shares[index] ?? 0).toFixed(4)))}`).join(', ');
}

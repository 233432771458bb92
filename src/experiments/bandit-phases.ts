import type { BanditPhase } from './bandit';
import type { Experiment, Variant } from './experiment';
import { FormError, problem } from './form-error';

/** Oldest first; none of what is no bandit, or has not started. */
export function phasesOf(experiment: Experiment): readonly BanditPhase[] {
  return (experiment.status !== 'DRAFT' && experiment.phases) || [];
}

/** With the weights of the plan. */
export function firstPhase(variants: readonly Variant[], startedAt: Date): BanditPhase {
  return { index: 0, startedAt, weights: variants.map(({ weight }) => weight) };
}

/**
 * The next revision of a bandit: a new phase, whose weights its variants have from now on.
 * @throws FormError INVALID_STATE
 */
export function reweighted(before: Experiment, weights: readonly number[], now: Date): Experiment {
  const phases = phasesOf(before);
  if (before.status !== 'RUNNING' || phases.length === 0) {
    const message = `Experiment "${before.key}" is ${before.status} and of kind ${before.kind}; only a running bandit gets other weights.`;
    throw new FormError([problem(['key'], message, 'INVALID_STATE')]);
  }
  return {
    ...before,
    revision: before.revision + 1,
    variants: before.variants.map((variant, index) => ({ ...variant, weight: weights[index] as number })),
    phases: [...phases, { index: phases.length, startedAt: now, weights }],
  };
}

/**
 * Number of the interval of `updateEveryMs` that this moment is in, when a look at the weights is due in it; null: none is. Looks are at fixed times, since a
 * phase that ended as soon as its numbers looked different would be one whose numbers are biased.
 */
export function dueRound(experiment: Experiment, now: Date): number | null {
  const last = phasesOf(experiment).at(-1);
  if (experiment.status !== 'RUNNING' || !experiment.bandit || !last) return null;
  const { startedAt, bandit } = experiment;
  const roundAt = (at: Date) => Math.floor((at.getTime() - startedAt.getTime()) / bandit.updateEveryMs);
  const round = roundAt(now);
  return round > roundAt(last.startedAt) ? round : null;
}

/** Units that the phases promise to each variant: the units of a phase times its weights, added up. */
export function expectedShares(phases: readonly BanditPhase[], unitsOfPhase: readonly number[]): readonly number[] | null {
  const units = unitsOfPhase.reduce((sum, count) => sum + count, 0);
  const [first] = phases;
  if (units === 0 || !first) return null;
  return first.weights.map((_, arm) =>
    phases.reduce((sum, { index, weights }) => sum + ((unitsOfPhase[index] ?? 0) * (weights[arm] ?? 0)) / units, 0),
  );
}

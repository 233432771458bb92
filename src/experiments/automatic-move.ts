import type { Experiment } from './experiment';
import type { ExperimentResults } from './experiment-results';
import { leastUnits } from './metric-result';
import type { RolloutPlan, RolloutProgress } from './rollout';

/** What an experiment does by itself, and why. */
export type AutomaticMove =
  | { readonly kind: 'stop' | 'rollBack' | 'advance'; readonly reason: string }
  | { readonly kind: 'ship'; readonly variant: string; readonly reason: string };

/** Whether an experiment ever does anything by itself, so that its results need to be looked at. */
export function movesByItself({ kind, guardrails }: Experiment): boolean {
  return kind === 'ROLLOUT' || guardrails.some(({ action }) => action === 'STOP');
}

/**
 * The next move that the results call for; null: none. A guardrail that stops ends an experiment. A rollout goes back as soon as its verdict says so,
 * and goes on when its step is done and nothing is known against it: what is not known yet holds it. It is shipped only when it is certain that the primary
 * metric is not worse than tolerated. A broken split moves nothing, for then nobody knows what harms whom.
 */
export function automaticMove(experiment: Experiment, results: ExperimentResults, now: Date): AutomaticMove | null {
  if (experiment.status !== 'RUNNING') return null;
  const { decision, guardrails } = results;
  const isRollout = experiment.kind === 'ROLLOUT';
  if (decision.action === 'ROLL_BACK') {
    if (isRollout) return { kind: 'rollBack', reason: decision.reason };
    const isCrossed = guardrails.some(({ state, action }) => state === 'CROSSED' && action === 'STOP');
    return isCrossed ? { kind: 'stop', reason: decision.reason } : null;
  }
  const { rollout, progress } = experiment;
  if (!rollout || !progress || decision.action === 'DO_NOT_TRUST') return null;
  return nextStep({ experiment, rollout, progress, results, now });
}

interface StepInput {
  readonly experiment: Experiment;
  readonly rollout: RolloutPlan;
  readonly progress: RolloutProgress;
  readonly results: ExperimentResults;
  readonly now: Date;
}

function nextStep({ experiment, rollout, progress, results, now }: StepInput): AutomaticMove | null {
  const step = rollout.steps[progress.step];
  const treatment = experiment.variants.find(({ isControl }) => !isControl);
  if (!step || !treatment) return null;
  const units = results.health.sampleRatioMismatch.observed.find(({ variant }) => variant === treatment.key)?.units ?? 0;
  if (now.getTime() - progress.stepStartedAt.getTime() < step.minDurationMs || units < step.minUnits || !isKnown(results)) return null;
  const reason = `Step ${progress.step + 1} of ${rollout.steps.length} is done: ${units} units served, nothing worse than tolerated.`;
  if (progress.step + 1 < rollout.steps.length) return { kind: 'advance', reason };
  const isCleared = results.guardrails.some(({ metric, state }) => metric === experiment.primaryMetric && state === 'CLEARED');
  return isCleared ? { kind: 'ship', variant: treatment.key, reason } : null;
}

/** Whether there is enough of everything that could speak against the treatment. */
function isKnown({ metrics, guardrails }: ExperimentResults): boolean {
  const primary = metrics.find(({ role }) => role === 'PRIMARY');
  const hasUnits = primary?.variants.every(({ units }) => units >= leastUnits) ?? false;
  return hasUnits && guardrails.every(({ state }) => state !== 'UNKNOWN');
}

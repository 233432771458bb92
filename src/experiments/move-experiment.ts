import { firstPhase, phasesOf } from './bandit-phases';
import type { Experiment, ExperimentPlan, ExperimentState, ExperimentStatus, KindPlan } from './experiment';
import { FormError } from './form-error';
import { coverageOf, type RolloutProgress } from './rollout';

export type ExperimentMove = 'start' | 'pause' | 'resume' | 'stop' | 'ship' | 'advance' | 'rollBack';

const possible: Readonly<Record<ExperimentStatus, readonly ExperimentMove[]>> = {
  DRAFT: ['start'],
  RUNNING: ['pause', 'stop', 'ship', 'advance', 'rollBack'],
  PAUSED: ['resume', 'stop', 'ship'],
  STOPPED: ['ship'],
};

const participles: Readonly<Record<ExperimentMove, string>> = {
  start: 'started',
  pause: 'paused',
  resume: 'resumed',
  stop: 'stopped',
  ship: 'shipped',
  advance: 'advanced',
  rollBack: 'rolled back',
};

/**
 * The next revision of an experiment: DRAFT, then RUNNING and PAUSED by turns, then STOPPED for good. A stopped one may still ship, once.
 *
 * @param shippedVariant for `ship` only.
 * @throws FormError INVALID_STATE, saying what can be done instead.
 */
export function moveExperiment(before: Experiment, move: ExperimentMove, now: Date, shippedVariant: string | null = null): Experiment {
  const isRolloutsOnly = move === 'advance' || move === 'rollBack';
  if (isRolloutsOnly && before.kind !== 'ROLLOUT') throw notARollout(before);
  const hasShipped = before.status === 'STOPPED' && before.shippedVariant !== null;
  if (hasShipped || !possible[before.status].includes(move)) throw impossible(before, move);
  const state = stateAfter(before, move, now, shippedVariant);
  const step = state.status === 'RUNNING' && state.progress ? before.rollout?.steps[state.progress.step] : null;
  const coverage = step ? coverageOf(step) : before.coverage;
  return { ...planOf(before), coverage, revision: before.revision + 1, ...state, ...phasesAfter(before, move, now) };
}

function stateAfter(before: Experiment, move: ExperimentMove, now: Date, shippedVariant: string | null): ExperimentState {
  const startedAt = before.status === 'DRAFT' ? now : before.startedAt;
  const progress = before.status === 'RUNNING' || before.status === 'PAUSED' ? before.progress : null;
  switch (move) {
    case 'start':
      return { status: 'RUNNING', startedAt, progress: before.rollout ? { step: 0, stepStartedAt: now } : null };
    case 'resume':
      // A step takes its time with traffic; what it had before the pause is not what it has now.
      return { status: 'RUNNING', startedAt, progress: progress && { ...progress, stepStartedAt: now } };
    case 'advance':
      return { status: 'RUNNING', startedAt, progress: progress && stepAfter(before, progress, now) };
    case 'pause':
      return { status: 'PAUSED', startedAt, pausedAt: now, progress };
    case 'stop':
    case 'rollBack':
    case 'ship':
      return { status: 'STOPPED', startedAt, stoppedAt: before.status === 'STOPPED' ? before.stoppedAt : now, shippedVariant };
  }
}

function phasesAfter(before: Experiment, move: ExperimentMove, now: Date) {
  if (!before.bandit) return {};
  return { phases: move === 'start' ? [firstPhase(before.variants, now)] : phasesOf(before) };
}

function stepAfter({ key, rollout }: Experiment, { step }: RolloutProgress, now: Date): RolloutProgress {
  const steps = rollout?.steps.length ?? 0;
  if (step + 1 < steps) return { step: step + 1, stepStartedAt: now };
  const message = `Rollout "${key}" is at its last step, ${steps} of ${steps}; ship it or stop it.`;
  throw new FormError([{ code: 'INVALID_STATE', message, field: ['key'] }]);
}

/** Without the times of the state that it leaves. */
function planOf(experiment: ExperimentPlan): ExperimentPlan {
  const { key, name, hypothesis, model, variants, coverage, targeting, forced, seed, hashVersion } = experiment;
  const { namespaces, holdout, prerequisites, hashAttribute } = experiment;
  const { primaryMetric, secondaryMetrics, guardrails, segments, analysis, createdAt } = experiment;
  return {
    ...{ key, name, hypothesis, model, variants, coverage, targeting, forced, seed, hashVersion },
    ...kindOf(experiment),
    ...{ namespaces, holdout, prerequisites, hashAttribute },
    ...{ primaryMetric, secondaryMetrics, guardrails, segments, analysis, createdAt },
  };
}

function kindOf(experiment: ExperimentPlan): KindPlan {
  const { kind, rollout, bandit } = experiment;
  return { kind, rollout, bandit } as KindPlan;
}

function notARollout({ key, kind }: Experiment): FormError {
  return new FormError([{ code: 'INVALID_STATE', message: `Experiment "${key}" is of kind ${kind}, not a rollout.`, field: ['key'] }]);
}

function impossible(experiment: Experiment, move: ExperimentMove): FormError {
  const isOffered = (one: ExperimentMove) => experiment.kind === 'ROLLOUT' || (one !== 'advance' && one !== 'rollBack');
  const others = possible[experiment.status].filter(isOffered).map((one) => participles[one]);
  const rest =
    experiment.status === 'STOPPED' && experiment.shippedVariant !== null
      ? `has shipped variant "${experiment.shippedVariant}"; nothing more can be done with it.`
      : `cannot be ${participles[move]}; it can be ${others.join(' or ')}.`;
  const message = `Experiment "${experiment.key}" is ${experiment.status} and ${rest}`;
  return new FormError([{ code: 'INVALID_STATE', message, field: ['key'] }]);
}

import type { Experiment, ExperimentPlan, ExperimentState, ExperimentStatus } from './experiment';
import { FormError } from './form-error';

export type ExperimentMove = 'start' | 'pause' | 'resume' | 'stop' | 'ship';

const possible: Readonly<Record<ExperimentStatus, readonly ExperimentMove[]>> = {
  DRAFT: ['start'],
  RUNNING: ['pause', 'stop', 'ship'],
  PAUSED: ['resume', 'stop', 'ship'],
  STOPPED: ['ship'],
};

const participles: Readonly<Record<ExperimentMove, string>> = {
  start: 'started',
  pause: 'paused',
  resume: 'resumed',
  stop: 'stopped',
  ship: 'shipped',
};

/**
 * The next revision of an experiment: DRAFT, then RUNNING and PAUSED by turns, then STOPPED for good. A stopped one may still ship, once.
 *
 * @param shippedVariant for `ship` only.
 * @throws FormError INVALID_STATE, saying what can be done instead.
 */
export function moveExperiment(before: Experiment, move: ExperimentMove, now: Date, shippedVariant: string | null = null): Experiment {
  const hasShipped = before.status === 'STOPPED' && before.shippedVariant !== null;
  if (hasShipped || !possible[before.status].includes(move)) throw impossible(before, move);
  return { ...planOf(before), revision: before.revision + 1, ...stateAfter(before, move, now, shippedVariant) };
}

function stateAfter(before: Experiment, move: ExperimentMove, now: Date, shippedVariant: string | null): ExperimentState {
  const startedAt = before.status === 'DRAFT' ? now : before.startedAt;
  switch (move) {
    case 'start':
    case 'resume':
      return { status: 'RUNNING', startedAt };
    case 'pause':
      return { status: 'PAUSED', startedAt, pausedAt: now };
    case 'stop':
    case 'ship':
      return { status: 'STOPPED', startedAt, stoppedAt: before.status === 'STOPPED' ? before.stoppedAt : now, shippedVariant };
  }
}

/** Without the times of the state that it leaves. */
function planOf(experiment: ExperimentPlan): ExperimentPlan {
  const { key, name, hypothesis, model, kind, variants, coverage, targeting, seed, hashVersion } = experiment;
  const { primaryMetric, secondaryMetrics, guardrails, segments, analysis, createdAt } = experiment;
  return {
    ...{ key, name, hypothesis, model, kind, variants, coverage, targeting, seed, hashVersion },
    ...{ primaryMetric, secondaryMetrics, guardrails, segments, analysis, createdAt },
  };
}

function impossible(experiment: Experiment, move: ExperimentMove): FormError {
  const others = possible[experiment.status].map((one) => participles[one]);
  const rest =
    experiment.status === 'STOPPED' && experiment.shippedVariant !== null
      ? `has shipped variant "${experiment.shippedVariant}"; nothing more can be done with it.`
      : `cannot be ${participles[move]}; it can be ${others.join(' or ')}.`;
  const message = `Experiment "${experiment.key}" is ${experiment.status} and ${rest}`;
  return new FormError([{ code: 'INVALID_STATE', message, field: ['key'] }]);
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BanditPhase } from '../../experiments/bandit';
import { type Experiment, type ExperimentPlan, type ExperimentState, type ExperimentStatus, noCuped } from '../../experiments/experiment';
import type { NamespaceRange } from '../../experiments/namespace-range';
import type { RolloutProgress } from '../../experiments/rollout';

type JsonDates<T> = { readonly [K in keyof T]: T[K] extends Date ? string : T[K] };
type JsonState = ExperimentState extends infer State ? (State extends ExperimentState ? JsonDates<State> : never) : never;

interface AnyState {
  readonly startedAt: Date;
  readonly pausedAt: Date;
  readonly stoppedAt: Date;
  readonly shippedVariant: string | null;
  readonly progress: RolloutProgress | null;
  readonly phases: readonly BanditPhase[];
}

/** Before an experiment could have parts of several namespaces. */
interface OlderPlan {
  readonly namespace?: NamespaceRange | null;
}

@Entity({ name: 'experiment' })
export class ExperimentEntity {
  @PrimaryColumn('text', { collation: 'C' })
  key!: string;

  @Column('text')
  model!: string;

  @Column('text')
  status!: ExperimentStatus;

  @Column('integer')
  revision!: number;

  @Column('jsonb')
  plan!: object;

  @Column('jsonb')
  state!: object;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}

/** The columns that queries and constraints need stand alone; the rest of the experiment is two documents. */
export function toExperimentRow(experiment: Experiment): ExperimentEntity {
  const { revision, status, startedAt, pausedAt, stoppedAt, shippedVariant, progress, phases, ...plan } = experiment as Experiment &
    Partial<AnyState>;
  const { key, model, createdAt } = experiment;
  return {
    key,
    model,
    status,
    revision,
    createdAt,
    plan,
    state: { status, startedAt, pausedAt, stoppedAt, shippedVariant, progress, phases },
  };
}

export function toExperiment({ plan, state, revision }: ExperimentEntity): Experiment {
  const { namespace = null, ...stored } = plan as JsonDates<ExperimentPlan> & OlderPlan;
  // Plans that were stored before there were these things have none.
  const {
    segments = [],
    guardrails = [],
    rollout = null,
    bandit = null,
    forced = {},
    holdout = null,
    prerequisites = [],
    hashAttribute = null,
  } = stored;
  const { namespaces = namespace === null ? [] : [namespace] } = stored;
  return {
    ...stored,
    ...{ segments, guardrails, rollout, bandit, forced, namespaces, holdout, prerequisites, hashAttribute },
    analysis: { ...noCuped, ...stored.analysis },
    createdAt: new Date(stored.createdAt),
    revision,
    ...toState(state as JsonState),
    ...toPhases(state as JsonState),
  } as Experiment;
}

function toState(state: JsonState): ExperimentState {
  switch (state.status) {
    case 'DRAFT':
      return { status: 'DRAFT' };
    case 'RUNNING':
      return { status: 'RUNNING', startedAt: new Date(state.startedAt), progress: toProgress(state.progress) };
    case 'PAUSED':
      return {
        status: 'PAUSED',
        startedAt: new Date(state.startedAt),
        pausedAt: new Date(state.pausedAt),
        progress: toProgress(state.progress),
      };
    case 'STOPPED':
      return {
        status: 'STOPPED',
        startedAt: new Date(state.startedAt),
        stoppedAt: new Date(state.stoppedAt),
        shippedVariant: state.shippedVariant ?? null,
      };
  }
}

function toPhases(state: JsonState): { readonly phases?: readonly BanditPhase[] } {
  if (state.status === 'DRAFT' || !state.phases) return {};
  return { phases: state.phases.map((phase) => ({ ...phase, startedAt: new Date(phase.startedAt) })) };
}

/** Its date is a text in the document. */
function toProgress(progress: RolloutProgress | null | undefined): RolloutProgress | null {
  return progress ? { step: progress.step, stepStartedAt: new Date(progress.stepStartedAt) } : null;
}

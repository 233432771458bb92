import type { ModelLabel } from '../model-registry/model-label-store';
import type { Experiment, ExperimentEvent, ExperimentStatus } from './experiment';

export interface ExperimentFilter {
  readonly model?: string;
  readonly status?: ExperimentStatus;
}

/** Port: experiments and their history. Each write stores its history line in the same transaction. */
export interface ExperimentStore {
  /** Newest first. */
  list(filter?: ExperimentFilter): Promise<readonly Experiment[]>;
  find(key: string): Promise<Experiment | null>;
  /** Oldest first. */
  history(key: string): Promise<readonly ExperimentEvent[]>;
  /** Which of these units the experiment has seen, as far as events have come to the database. */
  exposedAmong(key: string, unitIds: readonly string[]): Promise<readonly string[]>;
  /** @throws AppError CONFLICT when the key exists. */
  insert(experiment: Experiment, event: ExperimentEvent): Promise<void>;
  /**
   * Replaces the row whose revision is `experiment.revision - 1`; `label`, when given, is moved in the same transaction.
   * @throws AppError CONFLICT when somebody else changed it meanwhile, or when another experiment on the model is RUNNING or PAUSED
   *   and this one would become so too.
   */
  update(experiment: Experiment, event: ExperimentEvent, label?: ModelLabel): Promise<void>;
}

import { AppError } from '../../src/errors';
import type { Experiment, ExperimentEvent } from '../../src/experiments/experiment';
import type { ExperimentFilter, ExperimentStore } from '../../src/experiments/experiment-store';
import { obstacleTo } from '../../src/experiments/side-by-side';
import type { ModelLabel } from '../../src/model-registry/model-label-store';

/** Experiments in memory, with the promises of the real store. */
export class FakeExperimentStore implements ExperimentStore {
  readonly #experiments = new Map<string, Experiment>();
  readonly #history = new Map<string, ExperimentEvent[]>();
  readonly labels: ModelLabel[] = [];
  /** By experiment: the units that events have exposed. */
  readonly exposed = new Map<string, readonly string[]>();

  async list({ model, status }: ExperimentFilter = {}): Promise<readonly Experiment[]> {
    return [...this.#experiments.values()]
      .filter((one) => (model === undefined || one.model === model) && (status === undefined || one.status === status))
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.key < b.key ? -1 : 1));
  }

  async find(key: string): Promise<Experiment | null> {
    return this.#experiments.get(key) ?? null;
  }

  async history(key: string): Promise<readonly ExperimentEvent[]> {
    return [...(this.#history.get(key) ?? [])];
  }

  async exposedAmong(key: string, unitIds: readonly string[]): Promise<readonly string[]> {
    return unitIds.filter((unitId) => this.exposed.get(key)?.includes(unitId));
  }

  async insert(experiment: Experiment, event: ExperimentEvent): Promise<void> {
    if (this.#experiments.has(experiment.key)) throw new AppError('CONFLICT', `There is an experiment "${experiment.key}" already.`);
    this.#refuseObstacle(experiment);
    this.#write(experiment, event);
  }

  async update(experiment: Experiment, event: ExperimentEvent, label?: ModelLabel): Promise<void> {
    if (this.#experiments.get(experiment.key)?.revision !== experiment.revision - 1) {
      throw new AppError('CONFLICT', `Somebody else changed experiment "${experiment.key}" meanwhile.`);
    }
    this.#refuseObstacle(experiment);
    this.#write(experiment, event);
    if (!label) return;
    const index = this.labels.findIndex((one) => one.model === label.model && one.label === label.label);
    this.labels.splice(index === -1 ? this.labels.length : index, 1, label);
  }

  #refuseObstacle(experiment: Experiment): void {
    if (experiment.status !== 'RUNNING' && experiment.status !== 'PAUSED') return;
    const obstacle = obstacleTo(experiment, [...this.#experiments.values()]);
    if (obstacle !== null) throw new AppError('CONFLICT', obstacle);
  }

  #write(experiment: Experiment, event: ExperimentEvent): void {
    this.#experiments.set(experiment.key, structuredClone(experiment));
    this.#history.set(experiment.key, [...(this.#history.get(experiment.key) ?? []), event]);
  }
}

import { compileAssignment, type Decide } from '../assignment/compile-assignment';
import { NewestRead } from '../concurrency/newest-read';
import type { JsonObject } from '../events/event';
import type { AssignmentDecision } from './assignment-decision';
import type { Experiment, Variant } from './experiment';
import type { ExperimentStore } from './experiment-store';

export interface Route {
  readonly version: string;
  /** The decision that chose the version; null when no experiment applied. */
  readonly assignment: AssignmentDecision | null;
  /** Every experiment that was considered. */
  readonly assignments: readonly AssignmentDecision[];
}

/** Sends each unit to its variant, from memory: the hot path never waits for the database. */
export class ExperimentRouter {
  readonly #store: ExperimentStore;
  #running: ReadonlyMap<string, Experiment> = new Map();
  readonly #reads = new NewestRead();
  readonly #compiled = new WeakMap<Experiment, Decide>();

  constructor(store: ExperimentStore) {
    this.#store = store;
  }

  /** Reads the running experiments again; called after each change here, and regularly for changes on other replicas. */
  async refresh(): Promise<void> {
    await this.#reads.show(
      () => this.#store.list({ status: 'RUNNING' }),
      (running) => {
        this.#running = new Map(running.map((experiment) => [experiment.model, experiment]));
      },
    );
  }

  /** What runs, as last read. */
  running(): readonly Experiment[] {
    return [...this.#running.values()];
  }

  route(model: string, unitId: string | null, attributes: JsonObject | null, championVersion: string): Route {
    const experiment = this.#running.get(model);
    if (!experiment) return { version: championVersion, assignment: null, assignments: [] };
    const decision = this.#decide(experiment, unitId, attributes, championVersion);
    return { version: decision.version, assignment: decision, assignments: [decision] };
  }

  /** What the experiment would decide; records nothing. */
  preview(experiment: Experiment, unitId: string, attributes: JsonObject | null, championVersion: string): AssignmentDecision {
    if (experiment.status !== 'RUNNING') return outside(experiment, championVersion, 'NOT_RUNNING');
    return this.#decide(experiment, unitId, attributes, championVersion);
  }

  #decide(experiment: Experiment, unitId: string | null, attributes: JsonObject | null, champion: string): AssignmentDecision {
    let decide = this.#compiled.get(experiment);
    if (decide === undefined) {
      decide = compile(experiment);
      this.#compiled.set(experiment, decide);
    }
    const { index, propensity, reason } = decide({ id: unitId, attributes, documents: null });
    // An experiment has no holdout, layer or prerequisite yet, so only these reasons can come.
    if (index === null) return outside(experiment, champion, reason as AssignmentDecision['reason']);
    const { key, version } = experiment.variants[index] as Variant;
    return { experiment: experiment.key, variant: key, version, inExperiment: true, propensity, reason: 'ASSIGNED' };
  }
}

function compile({ key, variants, seed, hashVersion, coverage, targeting }: Experiment): Decide {
  const weights = variants.map(({ weight }) => weight);
  return compileAssignment({ key, variants: variants.map((variant) => variant.key), seed, hashVersion, coverage, weights, targeting });
}

function outside({ key }: Experiment, champion: string, reason: AssignmentDecision['reason']): AssignmentDecision {
  return { experiment: key, variant: null, version: champion, inExperiment: false, propensity: null, reason };
}

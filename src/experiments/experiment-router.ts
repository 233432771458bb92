import { compileAssignment, type Decide } from '../assignment/compile-assignment';
import type { VariantRanges } from '../assignment/variant-ranges';
import { NewestRead } from '../concurrency/newest-read';
import type { JsonObject } from '../events/event';
import type { AssignmentDecision } from './assignment-decision';
import { phasesOf } from './bandit-phases';
import type { EnrolledUnits } from './enrolled-units';
import type { Experiment, Variant } from './experiment';
import type { ExperimentStore } from './experiment-store';
import { PhaseRanges } from './phase-ranges';

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
  readonly #enrolled: EnrolledUnits | null;
  /** By model; those of one model never take the same unit. */
  #running: ReadonlyMap<string, readonly Experiment[]> = new Map();
  readonly #reads = new NewestRead();
  readonly #compiled = new WeakMap<Experiment, Decide>();
  readonly #ranges = new PhaseRanges();

  /** @param enrolled who keeps the variant he has when weights change; null: nobody. */
  constructor(store: ExperimentStore, enrolled: EnrolledUnits | null = null) {
    this.#store = store;
    this.#enrolled = enrolled;
  }

  /** Reads the running experiments again; called after each change here, and regularly for changes on other replicas. */
  async refresh(): Promise<void> {
    await this.#reads.show(
      async () => {
        const running = await this.#store.list({ status: 'RUNNING' });
        await this.#enrolled?.prepare(running);
        return running;
      },
      (running) => {
        this.#running = byModel(running);
      },
    );
  }

  /** What runs, as last read. */
  running(): readonly Experiment[] {
    return [...this.#running.values()].flat();
  }

  route(model: string, unitId: string | null, attributes: JsonObject | null, championVersion: string): Route {
    const running = this.#running.get(model);
    if (!running) return { version: championVersion, assignment: null, assignments: [] };
    const assignments = running.map((experiment) => {
      const decision = this.#decide(experiment, unitId, attributes, championVersion);
      if (experiment.bandit && decision.reason === 'ASSIGNED') this.#remember(experiment, unitId, decision);
      return decision;
    });
    const assignment = assignments.find(({ variant }) => variant !== null) ?? (assignments[0] as AssignmentDecision);
    return { version: assignment.version, assignment, assignments };
  }

  /** What the experiment would decide; records nothing. */
  preview(experiment: Experiment, unitId: string, attributes: JsonObject | null, championVersion: string): AssignmentDecision {
    if (experiment.status !== 'RUNNING') return outside(experiment, championVersion, 'NOT_RUNNING');
    return this.#decide(experiment, unitId, attributes, championVersion);
  }

  #decide(experiment: Experiment, unitId: string | null, attributes: JsonObject | null, champion: string): AssignmentDecision {
    let decide = this.#compiled.get(experiment);
    if (decide === undefined) {
      decide = compile(experiment, this.#ranges.of(experiment));
      this.#compiled.set(experiment, decide);
    }
    const { index, propensity, reason } = decide({ id: unitId, attributes, documents: null });
    // An experiment has no holdout, layer, prerequisite or memory, so only these reasons can come.
    if (index === null) return outside(experiment, champion, reason as AssignmentDecision['reason']);
    if (experiment.bandit && reason !== 'FORCED' && unitId !== null) return this.#drawn(experiment, unitId, index);
    const { key: variant, version } = experiment.variants[index] as Variant;
    if (reason === 'FORCED') return { experiment: experiment.key, variant, version, inExperiment: false, propensity: null, reason };
    return { experiment: experiment.key, variant, version, inExperiment: true, propensity, reason: 'ASSIGNED' };
  }

  /** As the unit was drawn when it was enrolled, or as it is drawn now. The weights of the phase are the probability with which it was. */
  #drawn(experiment: Experiment, unitId: string, index: number): AssignmentDecision {
    const phases = phasesOf(experiment);
    const known = this.#enrolled?.find(experiment.key, unitId) ?? null;
    const drawn = known ?? { index, phase: Math.max(0, phases.length - 1) };
    const { key: variant, version, weight } = experiment.variants[drawn.index] as Variant;
    const propensity = phases[drawn.phase]?.weights[drawn.index] ?? weight;
    const reason = known ? 'STICKY' : 'ASSIGNED';
    return { experiment: experiment.key, variant, version, inExperiment: true, propensity, reason, phase: drawn.phase };
  }

  #remember({ key, variants }: Experiment, unitId: string | null, { variant, phase = 0 }: AssignmentDecision): void {
    const index = variants.findIndex((one) => one.key === variant);
    if (unitId !== null) this.#enrolled?.add(key, unitId, { index, phase });
  }
}

function compile({ namespace, variants, ...plan }: Experiment, ranges: VariantRanges | null): Decide {
  const { key, seed, hashVersion, coverage, targeting, forced } = plan;
  return compileAssignment({
    ...{ key, seed, hashVersion, coverage, targeting, forced },
    variants: variants.map((variant) => variant.key),
    ...(ranges ? { ranges } : { weights: variants.map(({ weight }) => weight) }),
    namespaces: namespace ? [[namespace.id, namespace.start, namespace.end]] : [],
  });
}

/** The oldest first, so that what is considered does not depend on the order of a list. */
function byModel(experiments: readonly Experiment[]): ReadonlyMap<string, readonly Experiment[]> {
  const models = new Map<string, Experiment[]>();
  for (const experiment of [...experiments].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.key < b.key ? -1 : 1))) {
    const own = models.get(experiment.model);
    if (own) own.push(experiment);
    else models.set(experiment.model, [experiment]);
  }
  return models;
}

function outside({ key }: Experiment, champion: string, reason: AssignmentDecision['reason']): AssignmentDecision {
  return { experiment: key, variant: null, version: champion, inExperiment: false, propensity: null, reason };
}

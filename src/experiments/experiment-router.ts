import { compileAssignment, type Decide } from '../assignment/compile-assignment';
import type { Decision } from '../assignment/decision';
import { compileIdentity, idAttribute, type Unit } from '../assignment/unit';
import { NewestRead } from '../concurrency/newest-read';
import type { JsonObject } from '../events/event';
import type { AssignmentDecision } from './assignment-decision';
import type { Experiment, Variant } from './experiment';
import type { ExperimentStore } from './experiment-store';

/** A version that answers the same input, too, seen by nobody. */
export interface Mirror {
  readonly experiment: string;
  readonly variant: string;
  readonly version: string;
}

export interface Route {
  readonly version: string;
  /** The decision that chose the version; null when no experiment applied. */
  readonly assignment: AssignmentDecision | null;
  /** Every experiment that was considered. */
  readonly assignments: readonly AssignmentDecision[];
  /** Absent: none. */
  readonly mirrors?: readonly Mirror[];
}

/** Sends each unit to its variant, from memory: the hot path never waits for the database. */
export class ExperimentRouter {
  readonly #store: ExperimentStore;
  /** By model; those of one model never take the same unit. */
  #running: ReadonlyMap<string, readonly Experiment[]> = new Map();
  #byKey: ReadonlyMap<string, Experiment> = new Map();
  readonly #reads = new NewestRead();
  readonly #compiled = new WeakMap<Experiment, Compiled>();

  constructor(store: ExperimentStore) {
    this.#store = store;
  }

  /** Reads the running experiments again; called after each change here, and regularly for changes on other replicas. */
  async refresh(): Promise<void> {
    await this.#reads.show(
      () => this.#store.list({ status: 'RUNNING' }),
      (running) => {
        this.#running = byModel(running);
        this.#byKey = new Map(running.map((experiment) => [experiment.key, experiment]));
      },
    );
  }

  /** What runs, as last read. */
  running(): readonly Experiment[] {
    return [...this.#running.values()].flat();
  }

  /** @param predictionId a unit for experiments that need none. */
  route(
    model: string,
    unitId: string | null,
    attributes: JsonObject | null,
    championVersion: string,
    predictionId: string | null = null,
  ): Route {
    const running = this.#running.get(model);
    if (!running) return { version: championVersion, assignment: null, assignments: [] };
    const assignments = running.map((experiment) => {
      if (experiment.kind !== 'SHADOW' || unitId !== null || predictionId === null)
        return this.#decide(experiment, unitId, attributes, championVersion);
      // A shadow splits nobody, so a prediction without a unit is as good: it is one of its own.
      const decision = this.#decide(experiment, predictionId, attributes, championVersion);
      return decision.inExperiment ? { unit: predictionId, ...decision } : decision;
    });
    const assignment = assignments.find(({ variant }) => variant !== null) ?? (assignments[0] as AssignmentDecision);
    const mirrors = mirrorsOf(running, assignment);
    return { version: assignment.version, assignment, assignments, ...(mirrors && { mirrors }) };
  }

  /** What the experiment would decide; records nothing. */
  preview(experiment: Experiment, unitId: string, attributes: JsonObject | null, championVersion: string): AssignmentDecision {
    if (experiment.status !== 'RUNNING') return outside(experiment, championVersion, 'NOT_RUNNING');
    return this.#decide(experiment, unitId, attributes, championVersion);
  }

  #decide(experiment: Experiment, unitId: string | null, attributes: JsonObject | null, champion: string): AssignmentDecision {
    const unit: Unit = { id: unitId, attributes, documents: null };
    const { index, propensity, reason } = this.#drawn(experiment, unit);
    if (index === null) return outside(experiment, champion, reasonOf(reason));
    const { key: variant, version } = experiment.variants[index] as Variant;
    if (reason === 'FORCED') return { experiment: experiment.key, variant, version, inExperiment: false, propensity: null, reason };
    const decision = { experiment: experiment.key, variant, version, inExperiment: true, propensity, reason: 'ASSIGNED' } as const;
    if (experiment.hashAttribute === null) return decision;
    const drawn = this.#compiledOf(experiment).identity(unit);
    // What cannot be kept as a unit is none.
    return drawn.length > maxUnitLength ? outside(experiment, champion, 'NO_UNIT') : { ...decision, unit: drawn };
  }

  /** @param earlier what was decided about the unit on the way here. */
  #drawn(experiment: Experiment, unit: Unit, earlier: Map<string, Decision> | null = null): Decision {
    const { decide } = this.#compiledOf(experiment);
    if (experiment.prerequisites.length === 0) return decide(unit);
    const decided = earlier ?? new Map<string, Decision>();
    // No circle can run: an experiment starts only while its parents run, and from then on needs no others. A parent that does not run has decided
    // nothing, so that nobody takes part.
    for (const { experiment: key } of experiment.prerequisites) {
      const parent = decided.has(key) ? undefined : this.#byKey.get(key);
      if (parent !== undefined) decided.set(key, this.#drawn(parent, unit, decided));
    }
    return decide(unit, decided);
  }

  #compiledOf(experiment: Experiment): Compiled {
    let compiled = this.#compiled.get(experiment);
    if (compiled === undefined) {
      compiled = { decide: compile(experiment), identity: compileIdentity(experiment.hashAttribute ?? idAttribute) };
      this.#compiled.set(experiment, compiled);
    }
    return compiled;
  }
}

function mirrorsOf(
  running: readonly Experiment[],
  { experiment: key, variant, inExperiment }: AssignmentDecision,
): readonly Mirror[] | null {
  if (!inExperiment) return null;
  const experiment = running.find((one) => one.key === key);
  if (!experiment) return null;
  if (experiment.kind === 'SHADOW') return asMirrors(experiment, ({ isControl }) => !isControl);
  if (!experiment.analysis.controlScore) return null;
  const control = asMirrors(experiment, ({ isControl }) => isControl);
  return control[0]?.variant === variant ? null : control;
}

function asMirrors({ key, variants }: Experiment, isMirror: (variant: Variant) => boolean): readonly Mirror[] {
  return variants.filter(isMirror).map(({ key: variant, version }) => ({ experiment: key, variant, version }));
}

interface Compiled {
  readonly decide: Decide;
  /** What the experiment hashes of a unit. */
  readonly identity: (unit: Unit) => string;
}

const maxUnitLength = 512;

function compile({ namespaces, holdout, hashAttribute, variants, ...plan }: Experiment): Decide {
  const { key, seed, hashVersion, coverage, targeting, forced, prerequisites } = plan;
  const hashed = hashAttribute === null ? {} : { hashAttribute };
  return compileAssignment({
    ...{ key, seed, hashVersion, coverage, targeting, forced, prerequisites, ...hashed },
    variants: variants.map((variant) => variant.key),
    weights: variants.map(({ weight }) => weight),
    namespaces: namespaces.map(({ id, start, end }) => [id, start, end]),
    ...(holdout && { holdout: { ...holdout, ...(hashAttribute !== null && { attribute: hashAttribute }) } }),
  });
}

/** An experiment has no layer and no memory, so only these reasons can come. */
function reasonOf(reason: Decision['reason']): AssignmentDecision['reason'] {
  return reason === 'HELD_OUT' ? 'IN_HOLDOUT' : (reason as AssignmentDecision['reason']);
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

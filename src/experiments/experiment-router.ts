import type { Decision } from '../assignment/decision';
import type { Unit } from '../assignment/unit';
import { NewestRead } from '../concurrency/newest-read';
import type { JsonObject } from '../events/event';
import type { AssignmentDecision } from './assignment-decision';
import { phasesOf } from './bandit-phases';
import { type CompiledExperiment, compileExperiment } from './compile-experiment';
import type { EnrolledUnits } from './enrolled-units';
import type { Experiment, Variant } from './experiment';
import type { ExperimentStore } from './experiment-store';
import { type Mirror, mirrorsOf } from './mirrors';
import { PhaseRanges } from './phase-ranges';

export interface Route {
  readonly version: string;
  /** The decision that chose the version; null when no experiment applied. */
  readonly assignment: AssignmentDecision | null;
  /** Every experiment that was considered. */
  readonly assignments: readonly AssignmentDecision[];
  /** Absent: none. */
  readonly mirrors?: readonly Mirror[];
}

/** How a unit was drawn, now or when it was enrolled. */
interface Drawn extends Decision {
  /** Of a bandit, where it was drawn. */
  readonly phase?: number;
}

const maxUnitLength = 512;

/** Sends each unit to its variant, from memory: the hot path never waits for the database. */
export class ExperimentRouter {
  readonly #store: ExperimentStore;
  readonly #enrolled: EnrolledUnits | null;
  /** By model; those of one model never take the same unit. */
  #running: ReadonlyMap<string, readonly Experiment[]> = new Map();
  #byKey: ReadonlyMap<string, Experiment> = new Map();
  readonly #reads = new NewestRead();
  readonly #compiled = new WeakMap<Experiment, CompiledExperiment>();
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
      if (experiment.kind === 'SHADOW' && unitId === null && predictionId !== null) {
        // A shadow splits nobody, so a prediction without a unit is as good: it is one of its own.
        const decision = this.#decide(experiment, predictionId, attributes, championVersion);
        return decision.inExperiment ? { unit: predictionId, ...decision } : decision;
      }
      const decision = this.#decide(experiment, unitId, attributes, championVersion);
      if (experiment.bandit && decision.reason === 'ASSIGNED') this.#remember(experiment, decision.unit ?? unitId, decision);
      return decision;
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
    const { index, propensity, reason, phase } = this.#drawn(experiment, unit);
    if (index === null) return outside(experiment, champion, reasonOf(reason));
    const { key: variant, version } = experiment.variants[index] as Variant;
    if (reason === 'FORCED') return { experiment: experiment.key, variant, version, inExperiment: false, propensity: null, reason };
    const decision: AssignmentDecision = {
      ...{ experiment: experiment.key, variant, version, inExperiment: true, propensity, reason: reasonOf(reason) },
      ...(phase !== undefined && { phase }),
    };
    if (experiment.hashAttribute === null) return decision;
    const drawn = this.#compiledOf(experiment).identity(unit);
    // What cannot be kept as a unit is none.
    return drawn.length > maxUnitLength ? outside(experiment, champion, 'NO_UNIT') : { ...decision, unit: drawn };
  }

  /** @param earlier what was decided about the unit on the way here. */
  #drawn(experiment: Experiment, unit: Unit, earlier: Map<string, Decision> | null = null): Drawn {
    const { decide, identity } = this.#compiledOf(experiment);
    const parents = experiment.prerequisites.length === 0 ? undefined : this.#parentsOf(experiment, unit, earlier ?? new Map());
    const decision = decide(unit, parents);
    return experiment.bandit ? this.#kept(experiment, identity(unit), decision) : decision;
  }

  /**
   * No circle can run: an experiment starts only while its parents run, and from then on needs no others. A parent that does not run has decided
   * nothing, so that nobody takes part.
   */
  #parentsOf({ prerequisites }: Experiment, unit: Unit, decided: Map<string, Decision>): ReadonlyMap<string, Decision> {
    for (const { experiment: key } of prerequisites) {
      const parent = decided.has(key) ? undefined : this.#byKey.get(key);
      if (parent !== undefined) decided.set(key, this.#drawn(parent, unit, decided));
    }
    return decided;
  }

  /** As the unit was drawn when it was enrolled, or as it is drawn now. The weights of the phase are the probability with which it was. */
  #kept(experiment: Experiment, unitId: string, decision: Decision): Drawn {
    if (decision.index === null || decision.reason === 'FORCED') return decision;
    const phases = phasesOf(experiment);
    const known = this.#enrolled?.find(experiment.key, unitId) ?? null;
    const { index, phase } = known ?? { index: decision.index, phase: Math.max(0, phases.length - 1) };
    const { key: variant, weight } = experiment.variants[index] as Variant;
    const propensity = phases[phase]?.weights[index] ?? weight;
    return { ...decision, variant, index, propensity, phase, reason: known ? 'STICKY' : 'ASSIGNED' };
  }

  #remember({ key, variants }: Experiment, unitId: string | null, { variant, phase = 0 }: AssignmentDecision): void {
    const index = variants.findIndex((one) => one.key === variant);
    if (unitId !== null) this.#enrolled?.add(key, unitId, { index, phase });
  }

  #compiledOf(experiment: Experiment): CompiledExperiment {
    let compiled = this.#compiled.get(experiment);
    if (compiled === undefined) {
      compiled = compileExperiment(experiment, this.#ranges.of(experiment));
      this.#compiled.set(experiment, compiled);
    }
    return compiled;
  }
}

/** An experiment has no layer and no blocked versions, so only these reasons can come. */
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

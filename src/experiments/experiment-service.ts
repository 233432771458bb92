import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import { championLabel } from '../model-registry/champion';
import type { ModelLabel } from '../model-registry/model-label-store';
import { asConflict, isConflict } from './as-conflict';
import type { PrerequisitePlan } from './audience';
import { describeShares } from './bandit-move';
import { reweighted } from './bandit-phases';
import { editExperiment, fieldsOf } from './edit-experiment';
import type { Experiment, ExperimentEvent } from './experiment';
import {
  refusal,
  refuseOvertaken,
  requireChampionAsControl,
  requireParents,
  requireReady,
  requireReason,
  requireRevision,
  requireUndisputed,
} from './experiment-conditions';
import type { ExperimentFilter, ExperimentStore } from './experiment-store';
import { FormError, refuseIfAny } from './form-error';
import type { MetricCatalog } from './metric-catalog';
import type { ModelCatalog } from './model-catalog';
import { type ExperimentMove, moveExperiment } from './move-experiment';
import { percentage } from './percentage';
import { obstacleTo } from './side-by-side';
import { type CreateExperiment, type UpdateExperiment, validatePlan } from './validate-plan';

export interface ExperimentServiceOptions {
  readonly store: ExperimentStore;
  readonly catalog: ModelCatalog;
  readonly metrics: Pick<MetricCatalog, 'list'>;
  readonly now: () => Date;
  readonly logger: Logger;
  /** Called after each change, so that routing and labels follow at once on this replica. */
  readonly onChange: () => Promise<void>;
}

/** One write: what the experiment becomes, and its line in the history. */
interface Change {
  readonly after: Experiment;
  readonly action: ExperimentEvent['action'];
  readonly reason?: string | null;
  readonly detail?: string;
  readonly label?: ModelLabel;
}

/** The life of an experiment: DRAFT, RUNNING and PAUSED by turns, STOPPED. Every change is a line of its history. */
export class ExperimentService {
  readonly #options: ExperimentServiceOptions;

  constructor(options: ExperimentServiceOptions) {
    this.#options = options;
  }

  list(filter: ExperimentFilter = {}): Promise<readonly Experiment[]> {
    return this.#options.store.list(filter);
  }

  /** @throws AppError EXPERIMENT_NOT_FOUND */
  async find(key: string): Promise<Experiment> {
    const experiment = await this.#options.store.find(key);
    if (experiment) return experiment;
    throw new AppError('EXPERIMENT_NOT_FOUND', `There is no experiment "${key}".`);
  }

  async history(key: string): Promise<readonly ExperimentEvent[]> {
    await this.find(key);
    return this.#options.store.history(key);
  }

  /** @throws FormError with every mistake */
  async create(input: CreateExperiment, actor: string): Promise<Experiment> {
    const taken = await this.#options.store.find(input.key);
    const { plan, problems } = validatePlan(input, await this.#context(input.prerequisites ?? []));
    const conflict = { code: 'CONFLICT' as const, message: `There is an experiment "${input.key}" already.`, field: ['key'] };
    refuseIfAny([...(taken ? [conflict] : []), ...problems]);
    const experiment: Experiment = { ...plan, revision: 1, status: 'DRAFT' };
    await this.#options.store.insert(experiment, this.#event(actor, { after: experiment, action: 'CREATED' })).catch((error: unknown) => {
      // Somebody took the key between the look and the write.
      throw isConflict(error) ? new FormError([conflict]) : error;
    });
    await this.#changed(experiment, 'CREATED');
    return experiment;
  }

  /** @throws FormError, AppError EXPERIMENT_NOT_FOUND */
  async update(key: string, input: UpdateExperiment, actor: string): Promise<Experiment> {
    const fields = fieldsOf(input);
    if (fields.length === 0) return this.find(key);
    return this.#change(key, actor, async (before, overtaken) => {
      if (overtaken) refuseOvertaken(before, overtaken, fields);
      const exposed = (unitIds: readonly string[]) => this.#options.store.exposedAmong(key, unitIds);
      const edit = await editExperiment(before, input, await this.#context(input.prerequisites ?? before.prerequisites), exposed);
      return edit && { ...edit, action: 'UPDATED' };
    });
  }

  /** @throws FormError, AppError EXPERIMENT_NOT_FOUND */
  start(key: string, actor: string): Promise<Experiment> {
    return this.#change(key, actor, async (before) => {
      const change = this.#move(before, 'start', 'STARTED');
      const { catalog } = this.#options;
      const { model, variants, coverage } = before;
      if (coverage === 0) throw refusal('INVALID_STATE', `Experiment "${key}" covers no units: set its coverage above 0, then start it.`);
      requireReady(catalog, model, variants);
      requireChampionAsControl(catalog, before);
      const others = await this.list();
      requireParents(before, others);
      const obstacle = obstacleTo(before, others);
      if (obstacle === null) return change;
      throw refusal('CONFLICT', obstacle);
    });
  }

  /** @throws FormError, AppError EXPERIMENT_NOT_FOUND */
  async pause(key: string, reason: string | null, actor: string): Promise<Experiment> {
    requireReason(reason);
    return this.#change(key, actor, (before) => ({ ...this.#move(before, 'pause', 'PAUSED'), reason }));
  }

  /** @throws FormError, AppError EXPERIMENT_NOT_FOUND */
  resume(key: string, actor: string): Promise<Experiment> {
    return this.#change(key, actor, async (before) => {
      const change = this.#move(before, 'resume', 'RESUMED');
      requireReady(this.#options.catalog, before.model, before.variants);
      if (before.prerequisites.length > 0) requireParents(before, await this.list());
      return change;
    });
  }

  /** @throws FormError, AppError EXPERIMENT_NOT_FOUND */
  async stop(key: string, reason: string | null, actor: string): Promise<Experiment> {
    requireReason(reason);
    return this.#change(key, actor, (before) => ({ ...this.#move(before, 'stop', 'STOPPED'), reason }));
  }

  /**
   * A rollout's next step.
   * @param revision what the step was judged by; of two replicas that judge at once, one moves. @throws FormError, AppError EXPERIMENT_NOT_FOUND
   */
  advance(key: string, revision: number, reason: string, actor: string): Promise<Experiment> {
    return this.#change(key, actor, (before) => {
      requireRevision(before, revision);
      const change = this.#move(before, 'advance', 'ADVANCED');
      return { ...change, reason, detail: percentage(change.after.coverage / 2) };
    });
  }

  /** A bandit's next phase. @param weights one a variant, in their order. @param revision as for `advance`. @throws FormError, AppError EXPERIMENT_NOT_FOUND */
  reweight(key: string, revision: number, weights: readonly number[], reason: string, actor: string): Promise<Experiment> {
    return this.#change(key, actor, (before) => {
      requireRevision(before, revision);
      const after = reweighted(before, weights, this.#options.now());
      return { after, action: 'REWEIGHTED', reason, detail: describeShares(after.variants, weights) };
    });
  }

  /** Ends a rollout: what served before serves all. @throws FormError, AppError EXPERIMENT_NOT_FOUND */
  rollBack(key: string, reason: string, actor: string): Promise<Experiment> {
    return this.#change(key, actor, (before) => ({ ...this.#move(before, 'rollBack', 'ROLLED_BACK'), reason }));
  }

  /**
   * Stops it, if it is not yet, and moves the model's champion label to the variant's version, in one transaction.
   * @throws FormError, AppError EXPERIMENT_NOT_FOUND
   */
  async ship(key: string, variantKey: string, reason: string | null, actor: string): Promise<Experiment> {
    requireReason(reason);
    return this.#change(key, actor, async (before) => {
      const change = this.#move(before, 'ship', 'SHIPPED', variantKey);
      const { model, variants } = before;
      const variant = variants.find((one) => one.key === variantKey);
      if (!variant) {
        const keys = variants.map((one) => one.key).join(', ');
        throw refusal('BAD_USER_INPUT', `Experiment "${key}" has no variant "${variantKey}". Variants: ${keys}.`, ['variant']);
      }
      requireReady(this.#options.catalog, model, [variant], ['variant']);
      if (reason === null && !variant.isControl) requireUndisputed(before, variant, await this.#options.store.history(key));
      return { ...change, reason, detail: variantKey, label: { model, label: championLabel, version: variant.version } };
    });
  }

  #move(before: Experiment, move: ExperimentMove, action: Change['action'], shippedVariant: string | null = null): Change {
    return { after: moveExperiment(before, move, this.#options.now(), shippedVariant), action };
  }

  /**
   * Reads, decides, writes. When somebody else was faster, once more from what they left, provided that the change still makes sense there.
   * @param decide what to write, null: nothing; `overtaken`: what the first attempt was based on.
   */
  async #change(
    key: string,
    actor: string,
    decide: (before: Experiment, overtaken: Experiment | null) => Change | null | Promise<Change | null>,
  ): Promise<Experiment> {
    const before = await this.find(key);
    const first = await decide(before, null);
    if (first === null) return before;
    try {
      return await this.#write(first, actor);
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    const present = await this.find(key);
    const again = await asConflict(key, async () => decide(present, before));
    return again === null ? present : asConflict(key, () => this.#write(again, actor));
  }

  async #write(change: Change, actor: string): Promise<Experiment> {
    await this.#options.store.update(change.after, this.#event(actor, change), change.label);
    await this.#changed(change.after, change.action);
    return change.after;
  }

  #event(actor: string, { action, reason, detail }: Change): ExperimentEvent {
    return { at: this.#options.now(), actor, action, reason: reason ?? null, detail: detail ?? null };
  }

  async #changed({ key, status }: Experiment, action: string): Promise<void> {
    const { logger } = this.#options;
    logger.info('experiment_changed', { experiment: key, action, status });
    try {
      await this.#options.onChange();
    } catch (error) {
      // The change is written and must not look as if it were not; the regular refresh brings it here a moment later.
      logger.warn('experiment_refresh_failed', { experiment: key, error });
    }
  }

  async #context(prerequisites: readonly PrerequisitePlan[]) {
    const { catalog, metrics, store, now } = this.#options;
    const experiments = prerequisites.length > 0 ? await store.list() : [];
    return { catalog, metrics: await metrics.list(), experiments, now: now() };
  }
}

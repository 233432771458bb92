import { AppError, type ErrorCode } from '../errors';
import type { Logger } from '../events/logger';
import { championLabel } from '../model-registry/champion';
import type { ModelLabel } from '../model-registry/model-label-store';
import type { Experiment, ExperimentEvent, ExperimentState, ExperimentStatus } from './experiment';
import type { ExperimentFilter, ExperimentStore } from './experiment-store';
import { FormError, refuseIfAny } from './form-error';
import type { MetricCatalog } from './metric-catalog';
import type { ModelCatalog } from './model-catalog';
import { type CreateExperiment, maxTextLength, validatePlan } from './validate-plan';

/** What may change while the plan is a draft; of a started experiment only name and hypothesis. */
export type UpdateExperiment = Partial<Omit<CreateExperiment, 'key' | 'model'>>;

export interface ExperimentServiceOptions {
  readonly store: ExperimentStore;
  readonly catalog: ModelCatalog;
  readonly metrics: MetricCatalog;
  readonly now: () => Date;
  readonly logger: Logger;
  /** Called after each change, so that routing and labels follow at once on this replica. */
  readonly onChange: () => Promise<void>;
}

interface Move {
  readonly action: ExperimentEvent['action'];
  readonly reason: string | null;
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
    const { plan, problems } = validatePlan(input, await this.#context());
    refuseIfAny(problems);
    const experiment: Experiment = { ...plan, revision: 1, status: 'DRAFT' };
    await this.#asForm(['key'], () => this.#options.store.insert(experiment, this.#event(actor, { action: 'CREATED', reason: null })));
    await this.#changed(experiment, 'CREATED');
    return experiment;
  }

  /** @throws FormError, AppError EXPERIMENT_NOT_FOUND */
  async update(key: string, input: UpdateExperiment, actor: string): Promise<Experiment> {
    const before = await this.find(key);
    const changed = Object.entries(input).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    const locked = changed.filter((name) => name !== 'name' && name !== 'hypothesis');
    if (before.status === 'STOPPED') throw refusal('INVALID_STATE', `Experiment "${key}" is STOPPED; nothing of it can be changed.`);
    if (before.status !== 'DRAFT' && locked.length > 0) {
      throw refusal(
        'INVALID_STATE',
        `Experiment "${key}" is ${before.status}; only its name and hypothesis can be changed, not ${locked.join(', ')}.`,
      );
    }
    const merged: CreateExperiment = {
      ...before,
      variants: before.variants.map((one) => ({ ...one, control: one.isControl })),
      ...withoutUndefined(input),
    };
    const { plan, problems } = validatePlan(merged, await this.#context());
    refuseIfAny(problems);
    const state = stateOf(before);
    return this.#write({ ...plan, createdAt: before.createdAt, revision: before.revision, ...state }, state, actor, {
      action: 'UPDATED',
      reason: null,
      detail: changed.join(', '),
    });
  }

  /** @throws FormError, AppError EXPERIMENT_NOT_FOUND */
  async start(key: string, actor: string): Promise<Experiment> {
    const experiment = await this.#expect(key, ['DRAFT'], 'started');
    this.#requireReady(experiment);
    const other = (await this.list({ model: experiment.model })).find((one) => one.status === 'RUNNING' || one.status === 'PAUSED');
    if (other) {
      throw refusal(
        'CONFLICT',
        `Experiment "${other.key}" on model "${other.model}" is ${other.status}. Stop it before another one starts.`,
      );
    }
    return this.#write(experiment, { status: 'RUNNING', startedAt: this.#options.now() }, actor, { action: 'STARTED', reason: null });
  }

  /** @throws FormError, AppError EXPERIMENT_NOT_FOUND */
  async pause(key: string, reason: string | null, actor: string): Promise<Experiment> {
    const experiment = await this.#expect(key, ['RUNNING'], 'paused', reason);
    const state: ExperimentState = { status: 'PAUSED', startedAt: startOf(experiment), pausedAt: this.#options.now() };
    return this.#write(experiment, state, actor, { action: 'PAUSED', reason });
  }

  /** @throws FormError, AppError EXPERIMENT_NOT_FOUND */
  async resume(key: string, actor: string): Promise<Experiment> {
    const experiment = await this.#expect(key, ['PAUSED'], 'resumed');
    this.#requireReady(experiment);
    return this.#write(experiment, { status: 'RUNNING', startedAt: startOf(experiment) }, actor, { action: 'RESUMED', reason: null });
  }

  /** @throws FormError, AppError EXPERIMENT_NOT_FOUND */
  async stop(key: string, reason: string | null, actor: string): Promise<Experiment> {
    const experiment = await this.#expect(key, ['RUNNING', 'PAUSED'], 'stopped', reason);
    return this.#write(experiment, this.#stopped(experiment, null), actor, { action: 'STOPPED', reason });
  }

  /** Stops it, if it is not yet, and moves the model's champion label to the variant's version, in one transaction. */
  async ship(key: string, variantKey: string, reason: string | null, actor: string): Promise<Experiment> {
    const experiment = await this.#expect(key, ['RUNNING', 'PAUSED', 'STOPPED'], 'shipped', reason);
    if (experiment.status === 'STOPPED' && experiment.shippedVariant !== null) {
      throw refusal('INVALID_STATE', `Experiment "${key}" has shipped variant "${experiment.shippedVariant}" already.`);
    }
    const variant = experiment.variants.find((one) => one.key === variantKey);
    if (!variant) {
      const keys = experiment.variants.map((one) => one.key).join(', ');
      throw refusal('BAD_USER_INPUT', `Experiment "${key}" has no variant "${variantKey}". Variants: ${keys}.`, ['variant']);
    }
    const label = { model: experiment.model, label: championLabel, version: variant.version };
    return this.#write(experiment, this.#stopped(experiment, variantKey), actor, { action: 'SHIPPED', reason, detail: variantKey, label });
  }

  #stopped(experiment: Experiment, shippedVariant: string | null): ExperimentState {
    const stoppedAt = experiment.status === 'STOPPED' ? experiment.stoppedAt : this.#options.now();
    return { status: 'STOPPED', startedAt: startOf(experiment), stoppedAt, shippedVariant };
  }

  async #expect(key: string, statuses: readonly ExperimentStatus[], done: string, reason: string | null = null): Promise<Experiment> {
    if (reason !== null && reason.length > maxTextLength)
      throw refusal('BAD_USER_INPUT', `The reason must have at most ${maxTextLength} characters.`, ['reason']);
    const experiment = await this.find(key);
    if (statuses.includes(experiment.status)) return experiment;
    throw refusal(
      'INVALID_STATE',
      `Experiment "${key}" is ${experiment.status}; only one that is ${statuses.join(' or ')} can be ${done}.`,
    );
  }

  #requireReady({ model, variants }: Experiment): void {
    const versions = this.#options.catalog.versions(model) ?? [];
    refuseIfAny(
      variants.flatMap(({ key, version }) => {
        const state = versions.find((one) => one.version === version)?.state ?? 'not on this server';
        if (state === 'READY') return [];
        return [
          { code: 'MODEL_NOT_READY' as const, message: `Version ${version} of ${model} (variant "${key}") is ${state}.`, field: ['key'] },
        ];
      }),
    );
  }

  async #write(experiment: Experiment, state: ExperimentState, actor: string, move: Move): Promise<Experiment> {
    const {
      status: _,
      startedAt: __,
      pausedAt: ___,
      stoppedAt: ____,
      shippedVariant: _____,
      ...plan
    } = experiment as Experiment & Record<string, unknown>;
    const after = { ...plan, revision: experiment.revision + 1, ...state } as Experiment;
    await this.#asForm(['key'], () => this.#options.store.update(after, this.#event(actor, move), move.label));
    await this.#changed(after, move.action);
    return after;
  }

  #event(actor: string, { action, reason, detail }: Move): ExperimentEvent {
    return { at: this.#options.now(), actor, action, reason, detail: detail ?? null };
  }

  async #changed({ key, status }: Experiment, action: string): Promise<void> {
    this.#options.logger.info('experiment_changed', { experiment: key, action, status });
    await this.#options.onChange();
  }

  async #context() {
    return { catalog: this.#options.catalog, metrics: await this.#options.metrics.list(), now: this.#options.now() };
  }

  /** A conflict that only the store can see is a mistake of the form, too. */
  async #asForm(field: readonly string[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof AppError && error.code === 'CONFLICT') throw refusal(error.code, error.message, field);
      throw error;
    }
  }
}

function refusal(code: ErrorCode, message: string, field: readonly string[] = ['key']): FormError {
  return new FormError([{ code, message, field }]);
}

function startOf(experiment: Experiment): Date {
  if (experiment.status === 'DRAFT') throw new RangeError('a draft has not started');
  return experiment.startedAt;
}

function stateOf(experiment: Experiment): ExperimentState {
  switch (experiment.status) {
    case 'DRAFT':
      return { status: 'DRAFT' };
    case 'RUNNING':
      return { status: 'RUNNING', startedAt: experiment.startedAt };
    case 'PAUSED':
      return { status: 'PAUSED', startedAt: experiment.startedAt, pausedAt: experiment.pausedAt };
    case 'STOPPED':
      return {
        status: 'STOPPED',
        startedAt: experiment.startedAt,
        stoppedAt: experiment.stoppedAt,
        shippedVariant: experiment.shippedVariant,
      };
  }
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}

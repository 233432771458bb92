import type { Priority } from '../concurrency/row-queue';
import { RunningQuantile } from '../concurrency/running-quantile';
import { AppError } from '../errors';
import type { JsonObject, PredictionEvent } from '../events/event';
import type { EventJournal } from '../events/event-journal';
import type { ExperimentRouter } from '../experiments/experiment-router';
import type { InferenceTiming, ModelInput } from '../model-registry/inference-engine';
import type { ModelRegistry } from '../model-registry/model-registry';
import type { Caller } from './caller';
import type { PredictionMethod, PredictionObserver } from './prediction-observer';
import { enrolled, type PredictionResult, type Route, recordedTiming, toResult } from './prediction-result';
import type { RecentPredictions } from './recent-predictions';
import type { ShadowMirror } from './shadow-mirror';
import { unfitCommand } from './unfit-command';

export interface PredictCommand {
  readonly model: string;
  /** A version or a label; pins it, so that no experiment applies. */
  readonly version: string | null;
  readonly unitId: string | null;
  readonly attributes: JsonObject | null;
  readonly input: ModelInput;
  readonly deadlineMs: number | null;
  readonly idempotencyKey: string | null;
  /** The answer shall come with every output of the graph. */
  readonly wantsOutputs: boolean;
}

export type BatchRow =
  | { readonly ok: true; readonly prediction: PredictionResult }
  | { readonly ok: false; readonly index: number; readonly code: string; readonly message: string };

export interface BatchResult {
  readonly rows: readonly BatchRow[];
  /** Wall time of the whole batch, from the first row to the last answer. */
  readonly totalInferenceMs: number;
  readonly avgInferenceMs: number;
}

/** Ids of predictions: random ones, and those that an idempotency key stands for. */
export interface PredictionIds {
  create(): string;
  /** Today's id of the key first, then yesterday's: a retry shortly after midnight still finds its prediction. */
  fromKey(key: string): readonly [today: string, yesterday: string];
}

export interface PredictorOptions {
  readonly registry: Pick<ModelRegistry, 'resolve' | 'championOf'>;
  readonly router: Pick<ExperimentRouter, 'route'>;
  readonly journal: EventJournal;
  readonly mirror: Pick<ShadowMirror, 'send'>;
  readonly predictions: RecentPredictions;
  readonly observers: readonly PredictionObserver[];
  readonly ids: PredictionIds;
  readonly now: () => Date;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

interface Attempt {
  readonly method: PredictionMethod;
  readonly startedAtMs: number;
  route: Route | null;
  version: string | null;
}

interface EventFacts extends Pick<PredictionEvent, 'version' | 'outcome' | 'inputFeatures'> {
  readonly timing: InferenceTiming;
}

/** Somebody waits for one row; whoever sends many has time. */
const priorityOf: Readonly<Record<PredictionMethod, Priority>> = { predict: 'interactive', predict_batch: 'batch' };

/** What recording takes, in milliseconds, in all but five of a hundred predictions. */
const recordingOptions = { share: 0.95, step: 5, least: 0, most: 1000 };

/** Scores one row with the version that its experiments route it to, and records it before it answers. */
export class Predictor {
  readonly #options: PredictorOptions;
  readonly #recordingMs = new RunningQuantile(recordingOptions);
  /** Rows under way by id, so that two requests with the same key, sent at once, are one prediction. */
  readonly #underWay = new Map<string, Promise<PredictionResult>>();

  constructor(options: PredictorOptions) {
    this.#options = options;
  }

  /** An input that could not even be read comes in as its AppError: a refused row is counted, too. */
  predict(command: PredictCommand | AppError, caller: Caller = {}): Promise<PredictionResult> {
    return this.#predict(command, 'predict', caller);
  }

  /** Answers each row for itself. */
  async predictBatch(commands: readonly (PredictCommand | AppError)[], caller: Caller = {}): Promise<BatchResult> {
    const startedAtMs = this.#options.elapsedMs();
    const rows = await Promise.all(commands.map((command, index) => this.#predictRow(command, index, caller)));
    const totalInferenceMs = this.#options.elapsedMs() - startedAtMs;
    return { rows, totalInferenceMs, avgInferenceMs: rows.length === 0 ? 0 : totalInferenceMs / rows.length };
  }

  async #predict(command: PredictCommand | AppError, method: PredictionMethod, caller: Caller): Promise<PredictionResult> {
    if (command instanceof AppError) throw this.#refuse(command, method);
    const refusal = unfitCommand(command);
    if (refusal) throw this.#refuse(refusal, method);
    if (command.idempotencyKey === null) return this.#predictAs(this.#options.ids.create(), command, method, caller);
    const [today, yesterday] = this.#options.ids.fromKey(`${command.model}\u0000${command.idempotencyKey}`);
    const running = this.#underWay.get(today);
    if (running) return running;
    // Entered before the first await: the second of two equal requests must find the first.
    const promise = this.#predictOnce([today, yesterday], command, method, caller).finally(() => this.#underWay.delete(today));
    this.#underWay.set(today, promise);
    return promise;
  }

  async #predictRow(command: PredictCommand | AppError, index: number, caller: Caller): Promise<BatchRow> {
    try {
      return { ok: true, prediction: await this.#predict(command, 'predict_batch', caller) };
    } catch (error) {
      if (error instanceof AppError) return { ok: false, index, code: error.code, message: error.message };
      throw error;
    }
  }

  async #predictOnce(
    ids: readonly [today: string, yesterday: string],
    command: PredictCommand,
    method: PredictionMethod,
    caller: Caller,
  ): Promise<PredictionResult> {
    const [today, yesterday] = ids;
    const earlier = (await this.#earlier(today)) ?? (await this.#earlier(yesterday));
    if (earlier) return earlier;
    return this.#predictAs(today, command, method, caller);
  }

  async #earlier(id: string): Promise<PredictionResult | null> {
    const event = await this.#options.predictions.findEvent(id);
    return event?.outcome.status === 'succeeded' ? toResult(event, event.outcome.answer, null) : null;
  }

  async #predictAs(id: string, command: PredictCommand, method: PredictionMethod, caller: Caller): Promise<PredictionResult> {
    const attempt: Attempt = { method, startedAtMs: caller.arrivedAtMs ?? this.#options.elapsedMs(), route: null, version: null };
    try {
      if (!this.#options.journal.hasRoom) throw journalFull();
      const route = this.#route(id, command);
      attempt.route = route;
      const served = this.#options.registry.resolve(command.model, route.version);
      attempt.version = served.version;
      const deadlineAtMs = command.deadlineMs === null ? undefined : attempt.startedAtMs + command.deadlineMs;
      const result = await served.loaded.infer(command.input, {
        signal: caller.signal,
        deadlineAtMs,
        afterMs: this.#recordingMs.value,
        priority: priorityOf[method],
        wantsOutputs: command.wantsOutputs,
      });
      const event = this.#event(id, command, attempt, {
        version: served.version,
        outcome: { status: 'succeeded', answer: result.answer },
        inputFeatures: result.inputFeatures,
        timing: result.timing,
      });
      const [json] = await this.#options.journal.append([event], 'process');
      this.#recordingMs.add(this.#options.elapsedMs() - attempt.startedAtMs - event.timing.totalMs);
      if (json) this.#options.predictions.add(id, json);
      for (const observer of this.#options.observers) observer.succeeded(event, method);
      this.#mirror(id, command, route);
      return toResult(event, result.answer, route, result.outputs);
    } catch (error) {
      await this.#recordFailure(id, command, attempt, error);
      throw error;
    }
  }

  #route(predictionId: string, { model, version, unitId, attributes }: PredictCommand): Route {
    const { registry, router } = this.#options;
    if (version !== null) return { version, assignment: null, assignments: [] };
    const championVersion = registry.championOf(model);
    if (championVersion === null) return { version: null, assignment: null, assignments: [] };
    return router.route(model, unitId, attributes, championVersion, predictionId);
  }

  #mirror(predictionId: string, { model, input }: PredictCommand, { mirrors }: Route): void {
    if (mirrors) this.#options.mirror.send({ predictionId, model, input, mirrors });
  }

  /** Key by key: what is spread into an object of this size costs the engine several times as much. */
  #event(id: string, command: PredictCommand, attempt: Attempt, facts: EventFacts): PredictionEvent {
    return {
      type: 'prediction',
      id,
      occurredAtMs: this.#options.now().getTime(),
      model: command.model,
      unitId: command.unitId,
      attributes: command.attributes,
      assignments: enrolled(attempt.route?.assignments ?? []),
      version: facts.version,
      outcome: facts.outcome,
      inputFeatures: facts.inputFeatures,
      timing: recordedTiming(facts.timing, this.#options.elapsedMs() - attempt.startedAtMs),
    };
  }

  /**
   * A failure inside an experiment is a fact about its variant (`error_rate`), so it is journaled; elsewhere it is counted only.
   * A client that went away says nothing about the version.
   */
  async #recordFailure(id: string, command: PredictCommand, attempt: Attempt, error: unknown): Promise<void> {
    const code = error instanceof AppError ? error.code : 'INTERNAL_SERVER_ERROR';
    this.#tellObserversOfFailure(command, attempt, code);
    const assignment = attempt.route?.assignment;
    if (!assignment?.inExperiment || code === 'CANCELLED' || code === 'JOURNAL_FULL') return;
    const message = error instanceof AppError ? error.message : 'Internal error';
    // A failed attempt never takes the id of its idempotency key: the retry must be able to succeed under it.
    const ownId = command.idempotencyKey === null ? id : this.#options.ids.create();
    const event = this.#event(ownId, command, attempt, {
      version: assignment.version,
      outcome: { status: 'failed', code, message },
      inputFeatures: {},
      timing: { queueMs: 0, preprocessMs: 0, inferenceMs: 0, postprocessMs: 0, batchSize: 0 },
    });
    await this.#options.journal.append([event], 'process');
    // One that was refused for the load says nothing about the version, and more load helps nobody.
    if (attempt.route && code !== 'OVERLOADED' && code !== 'DEADLINE_EXCEEDED') this.#mirror(ownId, command, attempt.route);
  }

  #refuse(error: AppError, method: PredictionMethod): AppError {
    for (const observer of this.#options.observers) observer.failed({ method, model: null, version: null, code: error.code, totalMs: 0 });
    return error;
  }

  #tellObserversOfFailure(command: PredictCommand, attempt: Attempt, code: string): void {
    const failure = {
      method: attempt.method,
      // A name that nobody registered must not become a key of the statistics: clients could grow them without end.
      model: code === 'MODEL_NOT_FOUND' ? null : command.model,
      version: attempt.version,
      code,
      totalMs: this.#options.elapsedMs() - attempt.startedAtMs,
    };
    for (const observer of this.#options.observers) observer.failed(failure);
  }
}

function journalFull(): AppError {
  return new AppError(
    'JOURNAL_FULL',
    'The event journal is full, so no prediction could be recorded. The database has been away for long: see /readyz.',
  );
}

import { AppError } from '../errors';
import type { ShadowEvent } from '../events/event';
import type { EventJournal } from '../events/event-journal';
import type { Mirror } from '../experiments/mirrors';
import type { InferenceResult, InferenceTiming, ModelInput } from '../model-registry/inference-engine';
import type { ModelRegistry } from '../model-registry/model-registry';
import { recordedTiming } from './prediction-result';

/** An input that was answered, to be answered once more for each of `mirrors`. */
export interface MirroredInput {
  readonly predictionId: string;
  readonly model: string;
  readonly input: ModelInput;
  readonly mirrors: readonly Mirror[];
}

/** `shed`: it was not computed, because there was no room or no time; that says nothing about the version. */
export type ShadowOutcome = 'success' | 'error' | 'shed';

/** Port: who counts shadows. Must not throw. */
export interface ShadowObserver {
  mirrored(model: string, version: string, outcome: ShadowOutcome): void;
}

export interface ShadowMirrorOptions {
  readonly registry: Pick<ModelRegistry, 'resolve'>;
  readonly journal: EventJournal;
  readonly observers: readonly ShadowObserver[];
  readonly createId: () => string;
  readonly now: () => Date;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
  readonly onError: (error: unknown) => void;
  /** Inputs that wait to be answered are kept in memory. */
  readonly maxUnderWay?: number;
  readonly maxBytesUnderWay?: number;
}

const defaults = { maxUnderWay: 256, maxBytesUnderWay: 64 * 1024 * 1024 };
/** Nobody waits for a shadow, but what has waited this long will not be answered while it is as busy. */
const patienceMs = 10_000;
/** They speak of the server's load, not of the version. */
const shedCodes: readonly string[] = [
  'OVERLOADED',
  'DEADLINE_EXCEEDED',
  'CANCELLED',
  'JOURNAL_FULL',
  'MODEL_NOT_READY',
  'VERSION_NOT_FOUND',
];

/**
 * Sends inputs on to other versions after they were answered, at the lowest priority, and records what they say. Whoever predicts never waits for it:
 * what does not fit is left out and counted.
 */
export class ShadowMirror {
  readonly #options: ShadowMirrorOptions & typeof defaults;
  readonly #underWay = new Set<Promise<void>>();
  #bytesUnderWay = 0;
  #isStopped = false;

  constructor(options: ShadowMirrorOptions) {
    this.#options = { ...defaults, ...options };
  }

  /** Returns at once. */
  send({ mirrors, ...input }: MirroredInput): void {
    for (const mirror of mirrors) this.#start(input, mirror);
  }

  /** Takes nothing more; resolves when what is under way has been recorded. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#underWay);
  }

  #start(input: Omit<MirroredInput, 'mirrors'>, mirror: Mirror): void {
    const { maxUnderWay, maxBytesUnderWay } = this.#options;
    const bytes = input.input.kind === 'image' ? input.input.bytes.byteLength : 0;
    if (this.#isStopped || this.#underWay.size >= maxUnderWay || this.#bytesUnderWay + bytes > maxBytesUnderWay) {
      this.#tell(input.model, mirror, 'shed');
      return;
    }
    this.#bytesUnderWay += bytes;
    const work = this.#answer(input, mirror)
      .catch((error: unknown) => this.#options.onError(error))
      .finally(() => {
        this.#underWay.delete(work);
        this.#bytesUnderWay -= bytes;
      });
    this.#underWay.add(work);
  }

  async #answer({ predictionId, model, input }: Omit<MirroredInput, 'mirrors'>, mirror: Mirror): Promise<void> {
    const { registry, elapsedMs } = this.#options;
    const startedAtMs = elapsedMs();
    const facts = await answered(() => {
      const served = registry.resolve(model, mirror.version);
      return served.loaded.infer(input, { priority: 'shadow', deadlineAtMs: startedAtMs + patienceMs });
    });
    if (facts === null || !this.#options.journal.hasRoom) {
      this.#tell(model, mirror, 'shed');
      return;
    }
    await this.#record({ predictionId, model, ...mirror, outcome: facts.outcome }, facts.timing, startedAtMs);
    this.#tell(model, mirror, facts.outcome.status === 'succeeded' ? 'success' : 'error');
  }

  async #record(
    event: Omit<ShadowEvent, 'type' | 'id' | 'occurredAtMs' | 'timing'>,
    timing: InferenceTiming,
    startedAtMs: number,
  ): Promise<void> {
    const { journal, createId, now, elapsedMs } = this.#options;
    const recorded = recordedTiming(timing, elapsedMs() - startedAtMs);
    await journal.append([{ type: 'shadow', id: createId(), occurredAtMs: now().getTime(), ...event, timing: recorded }], 'process');
  }

  #tell(model: string, { version }: Mirror, outcome: ShadowOutcome): void {
    for (const observer of this.#options.observers) observer.mirrored(model, version, outcome);
  }
}

interface Answered {
  readonly outcome: ShadowEvent['outcome'];
  readonly timing: InferenceTiming;
}

const noTime: InferenceTiming = Object.freeze({ queueMs: 0, preprocessMs: 0, inferenceMs: 0, postprocessMs: 0, batchSize: 0 });

/** Null: it was shed. */
async function answered(infer: () => Promise<InferenceResult>): Promise<Answered | null> {
  try {
    const { answer, timing } = await infer();
    return { outcome: { status: 'succeeded', answer }, timing };
  } catch (error) {
    if (!(error instanceof AppError))
      return { outcome: { status: 'failed', code: 'INTERNAL_SERVER_ERROR', message: 'Internal error' }, timing: noTime };
    if (shedCodes.includes(error.code)) return null;
    return { outcome: { status: 'failed', code: error.code, message: error.message }, timing: noTime };
  }
}

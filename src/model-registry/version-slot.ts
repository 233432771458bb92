import { Turns } from '../concurrency/turns';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import type {
  AnsweringVersion,
  FoundFolder,
  InferenceEngine,
  InferenceRequest,
  InferenceResult,
  LoadedVersion,
  ModelInput,
  TensorInference,
} from './inference-engine';
import type { ModelDescription, ModelFolder, ModelVersion } from './model-version';
import { type LifeEvent, nextLife, type VersionLife } from './version-life';

export interface VersionSlotOptions {
  readonly engine: InferenceEngine;
  readonly now: () => Date;
  readonly logger: Logger;
  /** Called with what is about to take over; when it fails, so does the loading. */
  readonly onReady: (folder: ModelFolder, loaded: LoadedVersion) => Promise<void>;
}

type Tensors = Parameters<AnsweringVersion['inferTensors']>[0];

/** Failures that pass by themselves: the same files may be loaded later. */
const passingCodes: readonly string[] = ['MODEL_NOT_READY', 'DATABASE_UNAVAILABLE'];

/**
 * The place of one version. It answers with what is loaded at that moment: whoever holds it while the version is loaded again never notices. One
 * change at a time: loading and unloading wait for each other.
 */
export class VersionSlot implements AnsweringVersion {
  readonly turns = new Turns();
  readonly #options: VersionSlotOptions;
  #folder: FoundFolder;
  #life: VersionLife<LoadedVersion> = { state: 'LOADING' };
  /** What served before is being unloaded. */
  #retired: Promise<void> = Promise.resolve();
  #mayPass = false;
  #isRemoved = false;

  constructor(folder: FoundFolder, options: VersionSlotOptions) {
    this.#options = options;
    this.#folder = folder;
  }

  /** The folder as it was when the version was loaded last, or should have been. */
  get folder(): FoundFolder {
    return this.#folder;
  }

  get state(): ModelVersion['state'] {
    return this.#life.state;
  }

  /** The last loading failed for a reason that may pass by itself. */
  get mayPass(): boolean {
    return this.#mayPass && this.#life.state !== 'UNLOADED' && this.#life.state !== 'DRAINING';
  }

  get view(): ModelVersion {
    const { model, version } = this.#folder;
    const found = 'problem' in this.#folder ? { sizeBytes: 0, sha256: '' } : this.#folder;
    const name = { model, version, sizeBytes: found.sizeBytes, sha256: found.sha256 };
    if (this.#life.state !== 'READY') return { ...name, ...this.#life };
    const { state, loaded, loadedAt, reloadError } = this.#life;
    return { ...name, ...loaded.source, state, description: loaded.description, loadedAt, reloadError };
  }

  get queueDepth(): number {
    return this.#life.state === 'READY' ? this.#life.loaded.queueDepth : 0;
  }

  get outage(): AppError | null {
    return this.#life.state === 'READY' ? (this.#life.loaded.outage ?? null) : this.notReady();
  }

  get description(): ModelDescription {
    if (this.#life.state === 'READY') return this.#life.loaded.description;
    throw this.notReady();
  }

  infer(input: ModelInput, request?: InferenceRequest): Promise<InferenceResult> {
    return this.#life.state === 'READY' ? this.#life.loaded.infer(input, request) : Promise.reject(this.notReady());
  }

  inferTensors(inputs: Tensors, request?: InferenceRequest): Promise<TensorInference> {
    return this.#life.state === 'READY' ? this.#life.loaded.inferTensors(inputs, request) : Promise.reject(this.notReady());
  }

  /**
   * Loads what `find` finds when it is this version's turn, and lets it take over. What served until then answers its rows and is unloaded.
   * @returns why it failed; null: it serves. With something READY a failure changes nothing but the reason that is shown.
   */
  load(find: () => Promise<FoundFolder | null>): Promise<AppError | null> {
    return this.turns.take(async () => {
      // Two generations in memory at most.
      await this.#retired;
      try {
        const folder = await find();
        if (!folder || this.#isRemoved) throw new AppError('VERSION_NOT_FOUND', 'Its folder is gone.');
        this.#folder = folder;
        this.#become({ type: 'loading' });
        if ('problem' in folder) throw new AppError('INVALID_INPUT', folder.problem);
        this.#takeOver(folder, await this.#prepare(folder));
        return null;
      } catch (error) {
        return this.#fail(error instanceof AppError ? error : new AppError('INTERNAL_SERVER_ERROR', String(error), { cause: error }));
      }
    });
  }

  /** Takes nothing more, answers what was taken, frees the workers. Only in a turn. */
  async unload(): Promise<void> {
    const life = this.#life;
    if (life.state === 'UNLOADED') return;
    const { model, version } = this.#folder;
    this.#become({ type: 'unloading' });
    if (life.state === 'READY') {
      await Promise.all([life.loaded.unload(), this.#retired]);
      this.#become({ type: 'unloaded' });
    }
    this.#options.logger.info('model_version_unloaded', { model, version });
  }

  /** Unloads it for good. Only in a turn. */
  async remove(): Promise<void> {
    this.#isRemoved = true;
    await this.unload();
  }

  /** The folder has changed and shall not be loaded. */
  note(folder: FoundFolder): void {
    this.#folder = folder;
  }

  /** Why it does not answer. */
  notReady(): AppError {
    const { model, version } = this.#folder;
    const sentence = (text: string) => `Version ${version} of ${model} ${text}`;
    switch (this.#life.state) {
      case 'FAILED':
        return new AppError('MODEL_NOT_READY', sentence(`failed to load: ${this.#life.error}`));
      case 'DRAINING':
      case 'UNLOADED':
        return new AppError('MODEL_NOT_READY', sentence('is unloaded. Ask for another version, or load it with loadModelVersion.'));
      default:
        return new AppError('MODEL_NOT_READY', sentence('is still loading. Try again in a moment.'), { details: { retryAfterMs: 500 } });
    }
  }

  /** Something keeps it in memory although it should not be there any more. */
  warn(reason: string): void {
    if (this.#life.state !== 'READY' || this.#life.reloadError === reason) return;
    // Should the same folder come back, that is news.
    this.#folder = { ...this.#folder, fingerprint: '' };
    this.#fail(new AppError('INVALID_STATE', reason));
  }

  async #prepare(folder: ModelFolder): Promise<LoadedVersion> {
    const loaded = await this.#options.engine.load(folder);
    try {
      await this.#options.onReady(folder, loaded);
      return loaded;
    } catch (error) {
      await loaded.unload();
      throw error;
    }
  }

  #takeOver({ model, version }: ModelFolder, loaded: LoadedVersion): void {
    const { logger, now } = this.#options;
    const before = this.#life.state === 'READY' ? this.#life.loaded : null;
    this.#become({ type: 'loaded', loaded, at: now() });
    this.#mayPass = false;
    const { sha256 } = loaded.source;
    const { device, threads } = loaded.description;
    logger.info('model_version_ready', {
      model,
      version,
      sha256,
      device,
      ...(threads && { threads }),
      ...(before && { replaced: before.source.sha256 }),
    });
    if (before)
      this.#retired = before.unload().catch((error: unknown) => logger.error('model_version_not_retired', { model, version, error }));
  }

  #fail(error: AppError): AppError {
    const { model, version } = this.#folder;
    this.#mayPass = passingCodes.includes(error.code);
    // A version that was unloaded stays so when there is nothing that could be loaded.
    if (this.#life.state === 'LOADING' || this.#life.state === 'READY') this.#become({ type: 'failed', error: error.message });
    this.#options.logger.warn('model_version_failed', {
      model,
      version,
      problem: error.message,
      stillServes: this.#life.state === 'READY',
    });
    return error;
  }

  #become(event: LifeEvent<LoadedVersion>): void {
    this.#life = nextLife(this.#life, event);
  }
}

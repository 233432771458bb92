import { NewestRead } from '../concurrency/newest-read';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import { championLabel, labelsAtRegistration } from './champion';
import type { BrokenModelFolder, InferenceEngine, LoadedVersion, ModelRepository } from './inference-engine';
import type { ModelLabel, ModelLabelStore } from './model-label-store';
import type { ModelFolder, ModelKind, ModelVersion } from './model-version';
import { compareVersions } from './version-order';

export interface RegisteredModel {
  readonly name: string;
  /** Of the first READY version; null while none is. */
  readonly kind: ModelKind | null;
  /** Lowest first. */
  readonly versions: readonly ModelVersion[];
  readonly labels: readonly ModelLabel[];
}

/** A version that answers now. */
export interface ServedVersion {
  readonly model: string;
  readonly version: string;
  readonly loaded: LoadedVersion;
}

export interface ModelRegistryOptions {
  readonly repository: ModelRepository;
  readonly engine: InferenceEngine;
  readonly labels: ModelLabelStore;
  readonly now: () => Date;
  readonly logger: Logger;
  /** Called when a version became READY, before `start` resolves. */
  readonly onReady?: (folder: ModelFolder, loaded: LoadedVersion) => Promise<void>;
}

interface Slot {
  version: ModelVersion;
  loaded: LoadedVersion | null;
}

const labelPattern = /^[A-Za-z][A-Za-z0-9._-]{0,62}$/;

/** Which models there are, in which state, and what their labels point at. */
export class ModelRegistry {
  readonly #options: ModelRegistryOptions;
  readonly #models = new Map<string, Map<string, Slot>>();
  #labels: readonly ModelLabel[] = [];
  readonly #labelReads = new NewestRead();

  constructor(options: ModelRegistryOptions) {
    this.#options = options;
  }

  /** Resolves when each version found is READY or FAILED: one bad version never keeps the others from serving. */
  async start(): Promise<void> {
    const found = await this.#options.repository.scan();
    for (const folder of found) this.#register(folder);
    const folders = found.filter((folder): folder is ModelFolder => !('problem' in folder));
    await this.#options.labels.insertMissing(this.#labelsOf(folders));
    await this.refreshLabels();
    await Promise.all(folders.map((folder) => this.#load(folder)));
  }

  async stop(): Promise<void> {
    const slots = [...this.#models.values()].flatMap((versions) => [...versions.values()]);
    await Promise.all(slots.map((slot) => slot.loaded?.unload()));
    await this.#options.engine.stop();
  }

  /** Reads the labels again, so that what another replica moved is served here too. */
  async refreshLabels(): Promise<void> {
    await this.#labelReads.show(
      () => this.#options.labels.list(),
      (labels) => {
        this.#labels = labels;
      },
    );
  }

  models(): readonly RegisteredModel[] {
    return [...this.#models.keys()].sort().map((name) => this.model(name));
  }

  /** @throws AppError MODEL_NOT_FOUND */
  model(name: string): RegisteredModel {
    const slots = [...this.#slots(name).values()].sort((a, b) => compareVersions(a.version.version, b.version.version));
    const ready = slots.find((slot) => slot.version.state === 'READY')?.version;
    return {
      name,
      kind: ready?.state === 'READY' ? ready.description.kind : null,
      versions: slots.map((slot) => slot.version),
      labels: this.#labels.filter((label) => label.model === name),
    };
  }

  /** The version and state of each version of a model; null: no such model. */
  versions(name: string): readonly { readonly version: string; readonly state: string }[] | null {
    return this.#models.has(name) ? this.model(name).versions : null;
  }

  /** The class labels of a READY version; null: not known here. */
  classLabels(model: string, version: string): readonly string[] | null {
    const found = this.#models.get(model)?.get(version)?.version;
    return found?.state === 'READY' ? found.description.classLabels : null;
  }

  /** The version that `champion` points at; null: no such model, or none of it could be read. */
  championOf(model: string): string | null {
    return this.#versionOfLabel(model, championLabel);
  }

  /** Every version that answers now. */
  readyVersions(): readonly { readonly model: string; readonly version: string }[] {
    return this.models().flatMap(({ name, versions }) =>
      versions.flatMap(({ version, state }) => (state === 'READY' ? [{ model: name, version }] : [])),
    );
  }

  /** Models that answer with an error when no version is asked for. */
  modelsWithoutChampion(): readonly string[] {
    const ready = this.readyVersions();
    const isServed = (name: string) => ready.some(({ model, version }) => model === name && version === this.championOf(name));
    return [...this.#models.keys()].filter((name) => !isServed(name)).sort();
  }

  queueDepth(model: string, version: string): number {
    return this.#models.get(model)?.get(version)?.loaded?.queueDepth ?? 0;
  }

  /**
   * `versionOrLabel` null: the champion.
   * @throws AppError MODEL_NOT_FOUND, VERSION_NOT_FOUND, MODEL_NOT_READY
   */
  resolve(model: string, versionOrLabel: string | null): ServedVersion {
    const slots = this.#slots(model);
    const version = this.#resolveName(model, slots, versionOrLabel);
    const slot = slots.get(version);
    if (!slot?.loaded) throw notReady(model, version, slot?.version);
    return { model, version, loaded: slot.loaded };
  }

  /** @throws AppError MODEL_NOT_FOUND, VERSION_NOT_FOUND, BAD_USER_INPUT, INVALID_STATE when the version cannot serve. */
  async setLabel(model: string, label: string, version: string): Promise<RegisteredModel> {
    const slots = this.#slots(model);
    if (!labelPattern.test(label)) {
      throw new AppError(
        'BAD_USER_INPUT',
        `"${label}" cannot be a label: start with a letter, then letters, digits, ".", "_" or "-", at most 63 in all.`,
      );
    }
    if (slots.has(label))
      throw new AppError('BAD_USER_INPUT', `"${label}" is the name of a version of ${model}, so it cannot be a label of it too.`);
    const slot = slots.get(version);
    if (!slot) throw this.#unknownVersion(model, version, slots);
    if (slot.version.state === 'FAILED') {
      throw new AppError(
        'INVALID_STATE',
        `Version ${version} of ${model} failed to load (${slot.version.error}), so no label can point at it.`,
      );
    }
    await this.#options.labels.set({ model, label, version });
    await this.refreshLabels();
    this.#options.logger.info('model_label_set', { model, label, version });
    return this.model(model);
  }

  #register(folder: ModelFolder | BrokenModelFolder): void {
    const slots = this.#models.get(folder.model) ?? new Map<string, Slot>();
    this.#models.set(folder.model, slots);
    const { model, version } = folder;
    if ('problem' in folder) {
      slots.set(version, { version: { model, version, sizeBytes: 0, sha256: '', state: 'FAILED', error: folder.problem }, loaded: null });
      this.#options.logger.warn('model_version_failed', { model, version, problem: folder.problem });
    } else {
      slots.set(version, {
        version: { model, version, sizeBytes: folder.sizeBytes, sha256: folder.sha256, state: 'LOADING' },
        loaded: null,
      });
    }
  }

  #labelsOf(folders: readonly ModelFolder[]): readonly ModelLabel[] {
    const names = new Set(folders.map((folder) => folder.model));
    return [...names].flatMap((name) => labelsAtRegistration(folders.filter((folder) => folder.model === name)));
  }

  async #load(folder: ModelFolder): Promise<void> {
    const { model, version, sizeBytes, sha256 } = folder;
    const slot = this.#models.get(model)?.get(version);
    if (!slot) return;
    try {
      const loaded = await this.#options.engine.load(folder);
      await this.#options.onReady?.(folder, loaded);
      slot.loaded = loaded;
      slot.version = { model, version, sizeBytes, sha256, state: 'READY', description: loaded.description, loadedAt: this.#options.now() };
      this.#options.logger.info('model_version_ready', { model, version });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      slot.version = { model, version, sizeBytes, sha256, state: 'FAILED', error: reason };
      this.#options.logger.warn('model_version_failed', { model, version, problem: reason });
    }
  }

  #slots(model: string): Map<string, Slot> {
    const slots = this.#models.get(model);
    if (slots) return slots;
    const known = [...this.#models.keys()].sort();
    const hint = known.length > 0 ? `Known models: ${known.join(', ')}.` : 'The models folder is empty.';
    throw new AppError('MODEL_NOT_FOUND', `There is no model "${model}". ${hint}`);
  }

  #resolveName(model: string, slots: Map<string, Slot>, versionOrLabel: string | null): string {
    if (versionOrLabel === null) {
      const champion = this.championOf(model);
      if (champion === null)
        throw new AppError('MODEL_NOT_READY', `No version of ${model} could be read, so it has no champion. See its versions' errors.`);
      return champion;
    }
    if (slots.has(versionOrLabel)) return versionOrLabel;
    const version = this.#versionOfLabel(model, versionOrLabel);
    if (version === null) throw this.#unknownVersion(model, versionOrLabel, slots);
    return version;
  }

  #versionOfLabel(model: string, label: string): string | null {
    return this.#labels.find((one) => one.model === model && one.label === label)?.version ?? null;
  }

  #unknownVersion(model: string, name: string, slots: Map<string, Slot>): AppError {
    const versions = [...slots.keys()].sort(compareVersions).join(', ');
    const labels = this.#labels.filter((label) => label.model === model).map((label) => label.label);
    const labelHint = labels.length > 0 ? ` Labels: ${labels.join(', ')}.` : '';
    return new AppError('VERSION_NOT_FOUND', `${model} has no version or label "${name}". Versions: ${versions}.${labelHint}`);
  }
}

function notReady(model: string, version: string, state: ModelVersion | undefined): AppError {
  if (!state) return new AppError('MODEL_NOT_READY', `Version ${version} of ${model} is not in the models folder of this server.`);
  if (state.state === 'FAILED') return new AppError('MODEL_NOT_READY', `Version ${version} of ${model} failed to load: ${state.error}`);
  return new AppError('MODEL_NOT_READY', `Version ${version} of ${model} is still loading. Try again in a moment.`, {
    details: { retryAfterMs: 500 },
  });
}

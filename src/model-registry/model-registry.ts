import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import type { AnsweringVersion, FolderFingerprint, FoundFolder, InferenceEngine, LoadedVersion, ModelRepository } from './inference-engine';
import type { ModelLabel, ModelLabelStore } from './model-label-store';
import { ModelLabels, refuseLabelName, refuseLabelOf } from './model-labels';
import type { ModelFolder, ModelKind, ModelVersion } from './model-version';
import { noSuchVersion } from './no-such-version';
import { VersionShelf } from './version-shelf';
import { VersionSlot } from './version-slot';

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
  /** The same object for as long as the version is known: it answers with what is loaded when it is asked. */
  readonly loaded: AnsweringVersion;
}

export interface ModelRegistryOptions {
  readonly repository: ModelRepository;
  readonly engine: InferenceEngine;
  readonly labels: ModelLabelStore;
  readonly now: () => Date;
  readonly logger: Logger;
  /** Called when a version is about to become READY. */
  readonly onReady?: (folder: ModelFolder, loaded: LoadedVersion) => Promise<void>;
  /** What needs a version beside the label `champion`, as the end of a sentence; null: nothing. */
  readonly neededBy?: (model: string, version: string) => Promise<string | null>;
}

/** Which models there are, in which state, and what their labels point at. */
export class ModelRegistry {
  readonly #options: ModelRegistryOptions;
  readonly #shelf = new VersionShelf();
  readonly #labels: ModelLabels;
  #isStopping = false;

  constructor(options: ModelRegistryOptions) {
    this.#options = options;
    this.#labels = new ModelLabels(options.labels);
  }

  /** Resolves when each version found is READY or FAILED: one bad version never keeps the others from serving. */
  async start(): Promise<void> {
    const found = await this.#options.repository.scan();
    const slots = found.map((folder) => this.#register(folder));
    await this.#labels.register(found);
    await Promise.all(slots.map((slot) => slot.load(async () => slot.folder)));
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#shelf.all.map((slot) => slot.turns.take(() => slot.unload())));
    await this.#options.engine.stop();
  }

  /** Reads the labels again, so that what another replica moved is served here too. */
  refreshLabels(): Promise<void> {
    return this.#labels.refresh();
  }

  models(): readonly RegisteredModel[] {
    return this.#shelf.models.map((name) => this.model(name));
  }

  /** @throws AppError MODEL_NOT_FOUND */
  model(name: string): RegisteredModel {
    const versions = this.#shelf.of(name).map((slot) => slot.view);
    const ready = versions.find((version) => version.state === 'READY');
    return { name, kind: ready?.description.kind ?? null, versions, labels: this.#labels.of(name) };
  }

  /** The version and state of each version of a model; null: no such model. */
  versions(name: string): readonly { readonly version: string; readonly state: string }[] | null {
    return this.#shelf.has(name) ? this.model(name).versions : null;
  }

  /** The class labels of a READY version; null: not known here. */
  classLabels(model: string, version: string): readonly string[] | null {
    const slot = this.#shelf.find(model, version);
    return slot?.state === 'READY' ? slot.description.classLabels : null;
  }

  /** The version that `champion` points at; null: no such model, or none of it could be read. */
  championOf(model: string): string | null {
    return this.#labels.championOf(model);
  }

  /** Every version that answers now. */
  readyVersions(): readonly { readonly model: string; readonly version: string }[] {
    return this.models().flatMap(({ name, versions }) =>
      versions.flatMap(({ version, state }) => (state === 'READY' ? [{ model: name, version }] : [])),
    );
  }

  /** Models that answer with an error when no version is asked for. */
  modelsWithoutChampion(): readonly string[] {
    const isServed = (name: string) => this.#shelf.find(name, this.championOf(name) ?? '')?.state === 'READY';
    return this.#shelf.models.filter((name) => !isServed(name));
  }

  queueDepth(model: string, version: string): number {
    return this.#shelf.find(model, version)?.queueDepth ?? 0;
  }

  /**
   * `versionOrLabel` null: the champion.
   * @throws AppError MODEL_NOT_FOUND, VERSION_NOT_FOUND, MODEL_NOT_READY
   */
  resolve(model: string, versionOrLabel: string | null): ServedVersion {
    const version = this.#resolveName(model, versionOrLabel);
    const slot = this.#shelf.find(model, version);
    if (!slot) throw new AppError('MODEL_NOT_READY', `Version ${version} of ${model} is not in the models folder of this server.`);
    if (slot.state !== 'READY') throw slot.notReady();
    return { model, version, loaded: slot };
  }

  /** @throws AppError MODEL_NOT_FOUND, VERSION_NOT_FOUND, BAD_USER_INPUT, INVALID_STATE when the version cannot serve. */
  async setLabel(model: string, label: string, version: string): Promise<RegisteredModel> {
    this.#shelf.of(model);
    refuseLabelName(label);
    if (this.#shelf.find(model, label))
      throw new AppError('BAD_USER_INPUT', `"${label}" is the name of a version of ${model}, so it cannot be a label of it too.`);
    const slot = this.#require(model, version);
    // In turn, so that nothing unloads the version between the look and the write.
    await slot.turns.take(async () => {
      refuseLabelOf(slot.view);
      await this.#labels.set({ model, label, version });
    });
    this.#options.logger.info('model_label_set', { model, label, version });
    return this.model(model);
  }

  /**
   * Loads a version from its folder as it is now, also one that came later; what serves goes on until the new one is warm, or when that fails.
   * @throws AppError MODEL_NOT_FOUND, VERSION_NOT_FOUND, MODEL_NOT_READY when it cannot be loaded.
   */
  async loadVersion(model: string, version: string): Promise<RegisteredModel> {
    const slot = this.#shelf.find(model, version) ?? (await this.#discover(model, version)) ?? this.#require(model, version);
    const failure = await this.#load(slot);
    if (!failure) return this.model(model);
    const rest = slot.state === 'READY' ? ' What served before goes on.' : '';
    throw new AppError('MODEL_NOT_READY', `Version ${version} of ${model} could not be loaded: ${failure.message}${rest}`, {
      cause: failure,
    });
  }

  /**
   * Frees the memory of a version once what it took is answered; its folder stays, and so does it, until it is loaded again.
   * @throws AppError MODEL_NOT_FOUND, VERSION_NOT_FOUND, INVALID_STATE when traffic needs it.
   */
  async unloadVersion(model: string, version: string, needsChampion = true): Promise<RegisteredModel> {
    const slot = this.#require(model, version);
    await slot.turns.take(async () => {
      const need = await this.needOf(model, version, needsChampion);
      if (need !== null) throw new AppError('INVALID_STATE', `Version ${version} of ${model} cannot be unloaded: ${need}.`);
      await slot.unload();
    });
    return this.model(model);
  }

  /** Why it has to stay, as the end of a sentence. Of a model that goes whole, no other version could become the champion. */
  async needOf(model: string, version: string, needsChampion = true): Promise<string | null> {
    await this.#labels.refresh();
    if (needsChampion && this.championOf(model) === version)
      return `it is the champion of ${model}; point that label at another version first`;
    return (await this.#options.neededBy?.(model, version)) ?? null;
  }

  /** What each folder was like when it was looked into last. */
  knownFolders(): readonly FolderFingerprint[] {
    return this.#shelf.all.map(({ folder: { model, version, fingerprint } }) => ({ model, version, fingerprint }));
  }

  /** A folder came, changed or went: follows it, except that what a person unloaded stays so, and what traffic needs stays loaded. */
  async follow(model: string, version: string): Promise<void> {
    const slot = this.#shelf.find(model, version) ?? (await this.#discover(model, version));
    if (!slot) return;
    const found = await this.#options.repository.find(model, version);
    if (!found) await this.#letGo(slot);
    else if (slot.state === 'UNLOADED') slot.note(found);
    else await this.#load(slot);
  }

  /** Tries again what failed for a reason that may pass by itself: a remote server that was down, a database that was away. */
  async retryFailed(): Promise<void> {
    await Promise.all(this.#shelf.all.filter((slot) => slot.mayPass).map((slot) => this.#load(slot)));
  }

  async #load(slot: VersionSlot): Promise<AppError | null> {
    const { model, version } = slot.folder;
    if (this.#isStopping) return new AppError('MODEL_NOT_READY', 'The server is stopping.');
    const failure = await slot.load(() => this.#options.repository.find(model, version));
    await this.#labels.register(this.#shelf.all.map(({ folder }) => folder).filter((folder) => folder.model === model));
    return failure;
  }

  /** A version that was not known; null: there is no such folder. */
  async #discover(model: string, version: string): Promise<VersionSlot | null> {
    const found = await this.#options.repository.find(model, version);
    return found && (this.#shelf.find(model, version) ?? this.#register(found));
  }

  async #letGo(slot: VersionSlot): Promise<void> {
    const { model, version } = slot.folder;
    await slot.turns.take(async () => {
      const isModelThere = (await this.#options.repository.fingerprints()).some((one) => one.model === model);
      const need = await this.needOf(model, version, isModelThere);
      if (need !== null) return slot.warn(`Its folder is gone, and it stays in memory because ${need}.`);
      this.#shelf.remove(slot);
      await slot.remove();
    });
  }

  #register(folder: FoundFolder): VersionSlot {
    const { engine, now, logger, onReady = async () => {} } = this.#options;
    const slot = new VersionSlot(folder, { engine, now, logger, onReady });
    this.#shelf.add(slot);
    return slot;
  }

  #resolveName(model: string, versionOrLabel: string | null): string {
    if (versionOrLabel === null) {
      const champion = this.championOf(model);
      if (champion !== null && this.#shelf.has(model)) return champion;
      this.#shelf.of(model);
      throw new AppError('MODEL_NOT_READY', `No version of ${model} could be read, so it has no champion. See its versions' errors.`);
    }
    if (this.#shelf.find(model, versionOrLabel)) return versionOrLabel;
    return this.#labels.versionOf(model, versionOrLabel) ?? this.#require(model, versionOrLabel).folder.version;
  }

  #require(model: string, name: string): VersionSlot {
    const slots = this.#shelf.of(model);
    const slot = slots.find(({ folder }) => folder.version === name);
    if (slot) return slot;
    const versions = slots.map(({ folder }) => folder.version);
    throw noSuchVersion(model, name, versions, this.#labels.of(model));
  }
}

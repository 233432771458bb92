import { AppError } from '../errors';
import type { ModelRepository } from './inference-engine';
import type { ModelRegistry } from './model-registry';

export interface ModelControlOptions {
  readonly registry: Pick<ModelRegistry, 'model' | 'needOf' | 'loadVersion' | 'unloadVersion'>;
  readonly repository: Pick<ModelRepository, 'fingerprints'>;
}

/** Loads and unloads whole models, for those who know no versions. */
export class ModelControl {
  readonly #options: ModelControlOptions;

  constructor(options: ModelControlOptions) {
    this.#options = options;
  }

  /**
   * @param version null: every version that has a folder now, one after the other.
   * @throws AppError MODEL_NOT_FOUND, VERSION_NOT_FOUND, MODEL_NOT_READY naming each version that could not be loaded; the others are.
   */
  async load(model: string, version: string | null): Promise<void> {
    const { registry } = this.#options;
    const failures: AppError[] = [];
    for (const one of version === null ? await this.#versionsOf(model) : [version]) {
      await registry.loadVersion(model, one).catch((error: unknown) => {
        if (!(error instanceof AppError) || error.code !== 'MODEL_NOT_READY') throw error;
        failures.push(error);
      });
    }
    const [first] = failures;
    if (first) throw new AppError('MODEL_NOT_READY', failures.map(({ message }) => message).join(' '), { cause: first });
  }

  /**
   * @param version null: all of them, and the champion with them; none when an experiment needs one.
   * @throws AppError MODEL_NOT_FOUND, VERSION_NOT_FOUND, INVALID_STATE when it is needed.
   */
  async unload(model: string, version: string | null): Promise<void> {
    const { registry } = this.#options;
    if (version !== null) return void (await registry.unloadVersion(model, version));
    const { versions } = registry.model(model);
    for (const one of versions) {
      const need = await registry.needOf(model, one.version, false);
      if (need !== null) throw new AppError('INVALID_STATE', `${model} cannot be unloaded because of its version ${one.version}: ${need}.`);
    }
    for (const one of versions) await registry.unloadVersion(model, one.version, false);
  }

  async #versionsOf(model: string): Promise<readonly string[]> {
    const folders = (await this.#options.repository.fingerprints()).filter((one) => one.model === model);
    return (folders.length > 0 ? folders : this.#options.registry.model(model).versions).map(({ version }) => version);
  }
}

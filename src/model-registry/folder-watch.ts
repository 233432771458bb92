import type { Logger } from '../events/logger';
import { FolderChanges } from './folder-changes';
import type { ModelRepository } from './inference-engine';
import type { ModelRegistry } from './model-registry';

export interface FolderWatchOptions {
  readonly repository: Pick<ModelRepository, 'fingerprints'>;
  readonly registry: Pick<ModelRegistry, 'knownFolders' | 'follow'>;
  /** A folder is followed when it has not changed for so long. */
  readonly settleMs: number;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
  readonly logger: Logger;
}

/** Has the registry follow what happens in the models folder. It looks again and again: file events do not reach every kind of mount. */
export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #changes: FolderChanges;
  readonly #underWay = new Set<string>();
  #stalledBy: string | null = null;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
    this.#changes = new FolderChanges(options.settleMs);
  }

  /** One look; what it finds is followed meanwhile, each version by itself: a slow one keeps no other waiting. */
  async look(): Promise<void> {
    const { repository, registry, elapsedMs } = this.#options;
    const found = await repository.fingerprints().catch((error: unknown) => this.#stall('models_folder_not_read', { error }));
    if (!found) return;
    const known = registry.knownFolders();
    // A mount that went away leaves an empty folder behind. Nobody empties a server on purpose by that.
    if (found.length === 0 && known.length > 0) return this.#stall('models_folder_empty', { keeps: known.length });
    this.#stalledBy = null;
    for (const { model, version } of this.#changes.look(found, known, elapsedMs())) void this.#follow(model, version);
  }

  /** Nothing is followed for now; said once, not with each look. */
  #stall(event: string, facts: object): void {
    if (this.#stalledBy !== event) this.#options.logger.warn(event, facts);
    this.#stalledBy = event;
  }

  async #follow(model: string, version: string): Promise<void> {
    const key = `${model}/${version}`;
    if (this.#underWay.has(key)) return;
    this.#underWay.add(key);
    try {
      await this.#options.registry.follow(model, version);
    } catch (error) {
      // It has not been noted, so that it is followed again after the next look.
      this.#options.logger.warn('model_folder_not_followed', { model, version, error });
    } finally {
      this.#underWay.delete(key);
    }
  }
}

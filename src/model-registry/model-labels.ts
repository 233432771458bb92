import { NewestRead } from '../concurrency/newest-read';
import { championLabel, labelsAtRegistration } from './champion';
import type { FoundFolder } from './inference-engine';
import type { ModelLabel, ModelLabelStore } from './model-label-store';
import type { ModelFolder } from './model-version';

/** What labels point at, as the database said last. */
export class ModelLabels {
  readonly #store: ModelLabelStore;
  readonly #reads = new NewestRead();
  #labels: readonly ModelLabel[] = [];

  constructor(store: ModelLabelStore) {
    this.#store = store;
  }

  /** Reads them again, so that what another replica moved is served here too. */
  async refresh(): Promise<void> {
    await this.#reads.show(
      () => this.#store.list(),
      (labels) => {
        this.#labels = labels;
      },
    );
  }

  /** Gives labels that point nowhere yet to the folders that ask for them. */
  async register(found: readonly FoundFolder[]): Promise<void> {
    const folders = found.filter((folder): folder is ModelFolder => !('problem' in folder));
    const models = new Set(folders.map(({ model }) => model));
    await this.#store.insertMissing([...models].flatMap((name) => labelsAtRegistration(folders.filter(({ model }) => model === name))));
    await this.refresh();
  }

  async set(label: ModelLabel): Promise<void> {
    await this.#store.set(label);
    await this.refresh();
  }

  of(model: string): readonly ModelLabel[] {
    return this.#labels.filter((label) => label.model === model);
  }

  /** Null: the label points nowhere. */
  versionOf(model: string, label: string): string | null {
    return this.#labels.find((one) => one.model === model && one.label === label)?.version ?? null;
  }

  championOf(model: string): string | null {
    return this.versionOf(model, championLabel);
  }
}

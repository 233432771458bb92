import { NewestRead } from '../concurrency/newest-read';
import { AppError } from '../errors';
import { championLabel, labelsAtRegistration } from './champion';
import type { FoundFolder } from './inference-engine';
import type { ModelLabel, ModelLabelStore } from './model-label-store';
import type { ModelFolder, ModelVersion } from './model-version';

const labelPattern = /^[A-Za-z][A-Za-z0-9._-]{0,62}$/;

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
    const wanted = [...models].flatMap((name) => labelsAtRegistration(folders.filter(({ model }) => model === name)));
    const missing = wanted.filter(({ model, label }) => this.versionOf(model, label) === null);
    if (missing.length === 0) return;
    await this.#store.insertMissing(missing);
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

/** @throws AppError BAD_USER_INPUT */
export function refuseLabelName(label: string): void {
  if (labelPattern.test(label)) return;
  throw new AppError(
    'BAD_USER_INPUT',
    `"${label}" cannot be a label: start with a letter, then letters, digits, ".", "_" or "-", at most 63 in all.`,
  );
}

/** @throws AppError INVALID_STATE when a version cannot serve whom a label sends to it. */
export function refuseLabelOf(one: ModelVersion): void {
  if (one.state === 'LOADING' || one.state === 'READY') return;
  const { model, version } = one;
  const what = one.state === 'FAILED' ? `failed to load (${one.error})` : 'is not loaded';
  throw new AppError('INVALID_STATE', `Version ${version} of ${model} ${what}, so no label can point at it.`);
}

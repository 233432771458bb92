import type { ModelLabel, ModelLabelStore } from '../../src/model-registry/model-label-store';

export class FakeModelLabelStore implements ModelLabelStore {
  readonly #labels = new Map<string, ModelLabel>();

  async list(): Promise<readonly ModelLabel[]> {
    return [...this.#labels.values()];
  }

  async insertMissing(labels: readonly ModelLabel[]): Promise<void> {
    for (const label of labels) if (!this.#labels.has(keyOf(label))) this.#labels.set(keyOf(label), label);
  }

  async set(label: ModelLabel): Promise<void> {
    this.#labels.set(keyOf(label), label);
  }
}

function keyOf({ model, label }: ModelLabel): string {
  return JSON.stringify([model, label]);
}

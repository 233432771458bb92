import { AppError } from '../errors';
import { compareVersions } from './version-order';
import type { VersionSlot } from './version-slot';

/** The versions that are known, by model and name. */
export class VersionShelf {
  readonly #models = new Map<string, Map<string, VersionSlot>>();

  /** By name. */
  get models(): readonly string[] {
    return [...this.#models.keys()].sort();
  }

  get all(): readonly VersionSlot[] {
    return [...this.#models.values()].flatMap((slots) => [...slots.values()]);
  }

  has(model: string): boolean {
    return this.#models.has(model);
  }

  find(model: string, version: string): VersionSlot | null {
    return this.#models.get(model)?.get(version) ?? null;
  }

  /** Lowest first. @throws AppError MODEL_NOT_FOUND */
  of(model: string): readonly VersionSlot[] {
    const slots = this.#models.get(model);
    if (slots) return [...slots.values()].sort((a, b) => compareVersions(a.folder.version, b.folder.version));
    const hint = this.models.length > 0 ? `Known models: ${this.models.join(', ')}.` : 'The models folder is empty.';
    throw new AppError('MODEL_NOT_FOUND', `There is no model "${model}". ${hint}`);
  }

  add(slot: VersionSlot): void {
    const { model, version } = slot.folder;
    const slots = this.#models.get(model) ?? new Map<string, VersionSlot>();
    this.#models.set(model, slots.set(version, slot));
  }

  remove(slot: VersionSlot): void {
    const { model, version } = slot.folder;
    const slots = this.#models.get(model);
    slots?.delete(version);
    if (slots?.size === 0) this.#models.delete(model);
  }
}

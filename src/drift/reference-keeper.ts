import { AppError } from '../errors';
import { eventIdFromKey, eventIdTimeMs } from '../events/event-id';
import type { Logger } from '../events/logger';
import { captureProfile } from './capture-profile';
import type { DriftReference, DriftStore } from './drift-store';
import { minWindowRows } from './drift-window';
import type { ReferenceProfile } from './reference-profile';

export interface ReferenceKeeperOptions {
  readonly store: DriftStore;
  readonly createId: () => string;
  readonly now: () => Date;
  readonly logger: Logger;
}

const defaultCaptureRows = 1_000;
const maxCaptureRows = 10_000;
const captureDays = 30;
const dayMs = 86_400_000;

/** References: those that ship with a version, and those that a person takes from live traffic. */
export class ReferenceKeeper {
  readonly #options: ReferenceKeeperOptions;

  constructor(options: ReferenceKeeperOptions) {
    this.#options = options;
  }

  /**
   * Stores a shipped profile when there is none yet or the file has changed since. A captured one is a person's decision and stays.
   * True when another reference was replaced.
   */
  async ensure(model: string, version: string, profile: ReferenceProfile): Promise<boolean> {
    const { store, now, logger } = this.#options;
    const stored = await store.reference(model, version);
    if (stored && (!isShipped(stored) || canonicalText(stored.profile) === canonicalText(profile))) return false;
    const id = shippedId(model, version, profile, stored);
    await store.saveReference({ id, model, version, profile, capturedAt: now() });
    logger.info('drift_reference_stored', { model, version, rows: profile.rows });
    return stored !== null;
  }

  /** @throws AppError BAD_USER_INPUT, INVALID_STATE when there are too few predictions. */
  async capture(model: string, version: string, lastRows = defaultCaptureRows): Promise<DriftReference> {
    const { store, createId, now, logger } = this.#options;
    if (!Number.isInteger(lastRows) || lastRows < minWindowRows || lastRows > maxCaptureRows) {
      throw new AppError('BAD_USER_INPUT', `lastRows must be a whole number from ${minWindowRows} to ${maxCaptureRows}, not ${lastRows}.`);
    }
    const capturedAt = now();
    const rows = await store.recentRows(model, version, lastRows, new Date(capturedAt.getTime() - captureDays * dayMs));
    if (rows.length < minWindowRows) {
      throw new AppError(
        'INVALID_STATE',
        `Version ${version} of ${model} has answered ${rows.length} times in the last ${captureDays} days; a reference needs ${minWindowRows} predictions.`,
      );
    }
    const profile = captureProfile(rows, `The last ${rows.length} predictions before ${capturedAt.toISOString()}.`);
    const reference = { id: createId(), model, version, profile, capturedAt };
    await store.saveReference(reference);
    logger.info('drift_reference_captured', { model, version, rows: rows.length });
    return reference;
  }
}

/**
 * The same content in place of the same reference has the same id on every replica, so that those which start together store it once. The time
 * in the id is 0, which no captured reference has.
 */
function shippedId(model: string, version: string, profile: ReferenceProfile, replaced: DriftReference | null): string {
  const key = JSON.stringify([replaced?.id ?? null, canonicalText(profile)]);
  return eventIdFromKey({ scope: JSON.stringify(['drift-reference', model, version]), key, dayStartMs: 0 });
}

function isShipped(reference: DriftReference): boolean {
  return eventIdTimeMs(reference.id) === 0;
}

/** The database may hand back the keys of an object in another order. */
function canonicalText(profile: ReferenceProfile): string {
  return JSON.stringify(profile, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

import type { JsonValue, PredictionEvent } from '../events/event';
import type { Page, PredictionFilter, PredictionStore, StoredPrediction } from './prediction-store';

const valuesOfUsual = 64;

/**
 * Reads your own writes: predictions that this process journaled last, in front of the store that the ingester fills a moment later.
 * Bounded: the oldest leaves when `capacity` (in predictions of usual size) is reached (by then it has long been ingested; during a database outage the store
 * is the one that cannot answer).
 */
export class RecentPredictions implements PredictionStore {
  readonly #store: PredictionStore;
  readonly #capacity: number;
  readonly #events = new Map<string, { readonly event: PredictionEvent; readonly weight: number }>();
  #weight = 0;

  constructor(store: PredictionStore, capacity = 10_000) {
    this.#store = store;
    this.#capacity = capacity;
  }

  add(event: PredictionEvent): void {
    const weight = weightOf(event);
    this.#weight += weight - (this.#events.get(event.id)?.weight ?? 0);
    this.#events.set(event.id, { event, weight });
    for (const [id, oldest] of this.#events) {
      if (this.#weight <= this.#capacity) return;
      this.#events.delete(id);
      this.#weight -= oldest.weight;
    }
  }

  recent(id: string): PredictionEvent | null {
    return this.#events.get(id)?.event ?? null;
  }

  /** The event alone, which never changes: one that is remembered needs no database, which may hang. */
  async findEvent(id: string): Promise<PredictionEvent | null> {
    return this.recent(id) ?? (await this.#store.find(id))?.event ?? null;
  }

  async find(id: string): Promise<StoredPrediction | null> {
    const recent = this.recent(id);
    try {
      const stored = await this.#store.find(id);
      return stored ?? (recent && { event: recent, label: null });
    } catch (error) {
      // With the database away, what this process remembers is still the truth; a label would be missing from it.
      if (recent) return { event: recent, label: null };
      throw error;
    }
  }

  list(filter: PredictionFilter, first: number, after: string | null): Promise<Page<StoredPrediction>> {
    return this.#store.list(filter, first, after);
  }
}

/** In usual predictions: one with thousands of features or classes, or with long attributes, takes the place of many. */
function weightOf({ inputFeatures, outcome, attributes }: PredictionEvent): number {
  let values = 0;
  for (const _ in inputFeatures) values++;
  if (outcome.status === 'succeeded' && outcome.answer.kind === 'classification') values += outcome.answer.probabilities.length;
  for (const key in attributes) values += sizeOf(attributes[key]);
  return 1 + Math.floor(values / valuesOfUsual);
}

/** About as many values as the bytes would hold. */
function sizeOf(value: JsonValue | undefined): number {
  if (typeof value === 'string') return 1 + value.length / 8;
  return typeof value === 'object' && value !== null ? JSON.stringify(value).length / 8 : 1;
}

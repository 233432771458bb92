import type { PredictionEvent } from '../events/event';
import type { Page, PredictionFilter, PredictionStore, StoredPrediction } from './prediction-store';

/**
 * Reads your own writes: predictions that this process journaled last, in front of the store that the ingester fills a moment later.
 * Bounded: the oldest leaves when `capacity` is reached (by then it has long been ingested; during a database outage the store
 * is the one that cannot answer).
 */
export class RecentPredictions implements PredictionStore {
  readonly #store: PredictionStore;
  readonly #capacity: number;
  readonly #events = new Map<string, PredictionEvent>();

  constructor(store: PredictionStore, capacity = 10_000) {
    this.#store = store;
    this.#capacity = capacity;
  }

  add(event: PredictionEvent): void {
    this.#events.set(event.id, event);
    if (this.#events.size <= this.#capacity) return;
    const oldest = this.#events.keys().next();
    if (!oldest.done) this.#events.delete(oldest.value);
  }

  recent(id: string): PredictionEvent | null {
    return this.#events.get(id) ?? null;
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

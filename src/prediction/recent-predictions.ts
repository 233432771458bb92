import type { PredictionEvent } from '../events/event';
import { eventFromJson } from '../events/event-json';
import type { Page, PredictionFilter, PredictionStore, StoredPrediction } from './prediction-store';

/** What a Map, a key and a Buffer take beside the bytes. */
const entryBytes = 300;
/** Some ten thousand usual predictions: two seconds of what one process can answer. */
const defaultCapacityBytes = 16 * 2 ** 20;

/**
 * Reads your own writes: predictions that this process journaled last, in front of the store that the ingester fills a moment later.
 * Bounded: the older half leaves whole when they take more than `capacityBytes` (by then it has long been ingested; during a database outage the
 * store is the one that cannot answer). Kept as the bytes that were journaled: objects that live this long are what a garbage collector is worst
 * at; and in halves, because a Map that loses its oldest entry again and again is searched for it.
 */
export class RecentPredictions implements PredictionStore {
  readonly #store: PredictionStore;
  readonly #capacityBytes: number;
  #newer = new Map<string, Buffer>();
  #older = new Map<string, Buffer>();
  #newerBytes = 0;

  constructor(store: PredictionStore, capacityBytes = defaultCapacityBytes) {
    this.#store = store;
    this.#capacityBytes = capacityBytes;
  }

  /** `json`: the event of the prediction, as it was journaled. */
  add(id: string, json: Buffer): void {
    const bytes = entryBytes + json.length;
    if (this.#newerBytes + bytes > this.#capacityBytes / 2) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#newerBytes = 0;
    }
    // One that alone is more than half stands alone, and leaves when the next one comes.
    this.#newer.set(id, json);
    this.#newerBytes += bytes;
  }

  recent(id: string): PredictionEvent | null {
    const json = this.#newer.get(id) ?? this.#older.get(id);
    return json ? (eventFromJson(json.toString('utf8')) as PredictionEvent) : null;
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

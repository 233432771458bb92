import type { AnswerStore } from './answer-store';

export interface MemoryAnswerStoreOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly expiresAtMs: number;
  older: Entry | null;
  newer: Entry | null;
}

/** What an entry, its place in the Map and the head of its bytes take beside key and value. */
const entryBytes = 250;

/**
 * Bounded by entries and by bytes; what was not asked for longest leaves first. Linked by hand: a Map that loses its oldest key again and again is
 * searched for it.
 */
export class MemoryAnswerStore implements AnswerStore {
  readonly #options: MemoryAnswerStoreOptions;
  readonly #entries = new Map<string, Entry>();
  #oldest: Entry | null = null;
  #newest: Entry | null = null;
  #bytes = 0;

  constructor(options: MemoryAnswerStoreOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async get(key: string): Promise<Uint8Array | null> {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    this.#unlink(entry);
    if (entry.expiresAtMs <= this.#options.elapsedMs()) {
      this.#forget(entry);
      return null;
    }
    this.#link(entry);
    return entry.value;
  }

  async put(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    const { maxEntries, maxBytes, elapsedMs } = this.#options;
    const before = this.#entries.get(key);
    if (before) this.#evict(before);
    const entry: Entry = { key, value, expiresAtMs: elapsedMs() + ttlMs, older: null, newer: null };
    // One that alone is too large would drive out all others, and then itself.
    if (sizeOf(entry) > maxBytes) return;
    this.#entries.set(key, entry);
    this.#bytes += sizeOf(entry);
    this.#link(entry);
    while (this.#oldest && (this.#entries.size > maxEntries || this.#bytes > maxBytes)) this.#evict(this.#oldest);
  }

  #evict(entry: Entry): void {
    this.#unlink(entry);
    this.#forget(entry);
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#bytes -= sizeOf(entry);
  }

  #link(entry: Entry): void {
    entry.older = this.#newest;
    entry.newer = null;
    if (this.#newest) this.#newest.newer = entry;
    else this.#oldest = entry;
    this.#newest = entry;
  }

  #unlink({ older, newer }: Entry): void {
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
  }
}

function sizeOf({ key, value }: Entry): number {
  return entryBytes + key.length + value.byteLength;
}

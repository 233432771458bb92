import type { Event } from '../../../src/events/event';
import type { JournalBatch, JournalPosition, JournalReader } from '../../../src/events/event-journal';
import { eventToJson } from '../../../src/events/event-json';

/** A journal in memory: positions count events. */
export class FakeJournalReader implements JournalReader {
  readonly journalId: string;
  readonly #events: Event[] = [];
  readonly #listeners = new Set<() => void>();
  /** Positions that were released. */
  releasedTo = 0;

  constructor(journalId: string) {
    this.journalId = journalId;
  }

  append(events: readonly Event[]): void {
    this.#events.push(...events);
    for (const listener of this.#listeners) listener();
  }

  async read({ offsetBytes }: JournalPosition, maxEvents: number): Promise<JournalBatch> {
    const entries = this.#events
      .slice(offsetBytes, offsetBytes + maxEvents)
      .map((event) => ({ event, json: Buffer.from(eventToJson(event)) }));
    const end = offsetBytes + entries.length;
    return { entries, next: { segment: 0, offsetBytes: end }, isLast: end === this.#events.length };
  }

  async release({ offsetBytes }: JournalPosition): Promise<void> {
    this.releasedTo = offsetBytes;
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

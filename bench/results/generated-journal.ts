import type { JournalBatch, JournalPosition, JournalReader } from '../../src/events/event-journal';
import type { OutcomeStream } from './outcome-stream';

/** A journal that nobody wrote: what is read is made at that moment. Positions count events. */
export class GeneratedJournal implements JournalReader {
  readonly journalId: string;
  readonly #stream: OutcomeStream;
  readonly #onRelease: (events: number) => void;

  /** @param onRelease is told how many events are in the database. */
  constructor(journalId: string, stream: OutcomeStream, onRelease: (events: number) => void) {
    this.journalId = journalId;
    this.#stream = stream;
    this.#onRelease = onRelease;
  }

  async read({ segment, offsetBytes }: JournalPosition, maxEvents: number): Promise<JournalBatch> {
    const events = this.#stream.from(offsetBytes, maxEvents);
    const end = offsetBytes + events.length;
    return {
      entries: events.map((event) => ({ event, json: Buffer.from(JSON.stringify(event)) })),
      next: { segment, offsetBytes: end },
      isLast: end === this.#stream.length,
    };
  }

  async release({ offsetBytes }: JournalPosition): Promise<void> {
    this.#onRelease(offsetBytes);
  }

  /** Nothing is ever appended. */
  onAppend(): () => void {
    return () => {};
  }
}

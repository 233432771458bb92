import type { JournalBatch, JournalEntry, JournalPosition, JournalReader, SegmentExtent } from '../events/event-journal';
import type { Logger } from '../events/logger';
import { nodeFileSystem } from './journal-file-system';
import { SegmentReader } from './segment-reader';

export interface JournalViewOptions {
  readonly journalId: string;
  readonly logger: Logger;
  /** Tells the writing side, which deletes what is released. */
  readonly release: (position: JournalPosition, damaged: readonly number[]) => void | Promise<void>;
}

/** Bytes of one batch after which no more is read: bounds the memory when events are large. */
const maxBatchBytes = 4 * 2 ** 20;

/** The reading side of a journal that another thread writes: it sees what `update` showed it last, and never touches a file's contents. */
export class JournalView implements JournalReader {
  readonly journalId: string;
  readonly #release: JournalViewOptions['release'];
  readonly #reader: SegmentReader;
  readonly #listeners = new Set<() => void>();
  #segments: readonly SegmentExtent[] = [];

  constructor({ journalId, logger, release }: JournalViewOptions) {
    this.journalId = journalId;
    this.#release = release;
    this.#reader = new SegmentReader(nodeFileSystem, logger);
  }

  /** Shows how far each segment may be read now. */
  update(segments: readonly SegmentExtent[]): void {
    this.#segments = segments;
    for (const listener of this.#listeners) listener();
  }

  async read(position: JournalPosition, maxEvents: number): Promise<JournalBatch> {
    const entries: JournalEntry[] = [];
    let at = position;
    let bytes = 0;
    while (entries.length < maxEvents && bytes < maxBatchBytes) {
      const segment = this.#segments.find((one) => one.number >= at.segment);
      // Beyond the newest segment: the journal is older than the database's memory of it (restored from a backup); ids dedupe.
      if (!segment && this.#segments.length > 0) at = { segment: 0, offsetBytes: 0 };
      else if (segment && segment.number > at.segment) at = { segment: segment.number, offsetBytes: 0 };
      else if (segment && at.offsetBytes < segment.endBytes) {
        const { entries: found, nextOffset } = await this.#reader.read(segment, at.offsetBytes, maxEvents - entries.length);
        entries.push(...found);
        bytes += nextOffset - at.offsetBytes;
        at = { segment: segment.number, offsetBytes: nextOffset };
      } else if (segment && segment !== this.#segments.at(-1)) at = { segment: segment.number + 1, offsetBytes: 0 };
      else return { entries, next: entries.length === 0 ? position : at, isLast: true };
    }
    return { entries, next: at, isLast: false };
  }

  async release(position: JournalPosition): Promise<void> {
    await this.#release(position, this.#reader.damaged);
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}

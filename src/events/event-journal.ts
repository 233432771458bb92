import type { Event } from './event';

/**
 * How much must have happened before `append` resolves: `process`: the bytes are with the operating system, so that they
 * survive the end of this process (kill -9); `disk`: fsynced, so that they survive a power cut.
 */
export type Durability = 'process' | 'disk';

/** Port: the append-only record that every acknowledged fact goes through. */
export interface EventJournal {
  /**
   * Resolves when all `events` are as durable as asked, in the order given; all of them or none.
   * @returns the JSON, UTF-8, that each of them stands in the journal as.
   * @throws AppError JOURNAL_FULL when the journal has reached its limit; nothing was written then.
   */
  append(events: readonly Event[], durability: Durability): Promise<readonly Buffer[]>;
  /** False while `append` would refuse with JOURNAL_FULL. */
  readonly hasRoom: boolean;
}

/** Where a reader stands: opaque to all but the journal; order is by segment, then offset. */
export interface JournalPosition {
  readonly segment: number;
  readonly offsetBytes: number;
}

export const journalStart: JournalPosition = Object.freeze({ segment: 0, offsetBytes: 0 });

/** An event and the JSON that it stands in the journal as: what is stored as it is need not be made again. */
export interface JournalEntry {
  readonly event: Event;
  /** UTF-8. */
  readonly json: Buffer;
}

export interface JournalBatch {
  readonly entries: readonly JournalEntry[];
  /** Where to read on; equals the given position when there was nothing to read. */
  readonly next: JournalPosition;
  /** Whether this was all: nothing that was appended before the call is left behind it. */
  readonly isLast: boolean;
}

/** Port: the reading side, for the one ingester of this journal. */
export interface JournalReader {
  /** Identifies this journal in the checkpoint table: made once, kept on disk beside the segments. */
  readonly journalId: string;
  /** Reads up to `maxEvents` from `position` on, only what `append` has finished. A position in a segment that was released starts at the oldest kept one. */
  read(position: JournalPosition, maxEvents: number): Promise<JournalBatch>;
  /** The events before `position` are in the database: their segments may be deleted. */
  release(position: JournalPosition): Promise<void>;
  /** Calls back after each append; returns the function that ends it. */
  onAppend(listener: () => void): () => void;
}

/** One file of the journal, as far as it may be read. */
export interface SegmentExtent {
  readonly number: number;
  readonly path: string;
  /** End of the last append that finished: nothing is read beyond it. */
  readonly endBytes: number;
}

/** Port: what the writing side tells a reader in another thread, and hears of it. */
export interface JournalSource {
  readonly journalId: string;
  /** All segments, ascending. */
  extents(): readonly SegmentExtent[];
  /** As the reader's `release`; `damaged` are numbers of segments in which it met bytes that are no events: those are kept aside. */
  release(position: JournalPosition, damaged: readonly number[]): Promise<void>;
  onAppend(listener: () => void): () => void;
}

import { AppError } from '../errors';
import type { Event } from '../events/event';
import type { Durability, EventJournal, JournalPosition, JournalSource, SegmentExtent } from '../events/event-journal';
import { eventToJson } from '../events/event-json';
import type { Logger } from '../events/logger';
import { encodeFrames } from './frame';
import { journalFull, syncFailed, writeFailed } from './journal-errors';
import type { JournalFileSystem } from './journal-file-system';
import { nodeFileSystem } from './journal-file-system';
import { readJournalId, recoverSegments, segmentPath } from './journal-recovery';
import { ActiveSegment } from './segment';

export interface FileEventJournalOptions {
  readonly directory: string;
  readonly logger: Logger;
  /** Names a new journal. */
  readonly createId: () => string;
  readonly fileSystem?: JournalFileSystem;
  readonly segmentBytes?: number;
  readonly limitBytes?: number;
}

const defaultSegmentBytes = 16 * 2 ** 20;
const defaultLimitBytes = 2 ** 30;
/** Bytes of one write: keeps a group, and with it the wait of a single append, short. */
const maxGroupBytes = 2 ** 20;

interface PendingAppend {
  readonly bytes: Buffer;
  readonly durability: Durability;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The writing side: segments of frames in one directory, written by one process (`JournalView` reads them). Appends that arrive while a write is under way go together in the next.
 * Each start opens a new segment: after a power cut the old one may be shorter than what was already read from it.
 */
export class FileEventJournal implements EventJournal, JournalSource {
  readonly journalId: string;
  readonly #directory: string;
  readonly #fileSystem: JournalFileSystem;
  readonly #logger: Logger;
  readonly #segmentBytes: number;
  readonly #limitBytes: number;
  readonly #listeners = new Set<() => void>();
  /** Ascending by number; the last one is the active one. */
  #segments: SegmentExtent[];
  #active: ActiveSegment;
  #queue: PendingAppend[] = [];
  #queuedBytes = 0;
  /** One file operation at a time: writes and rotations never overlap. */
  #writing: Promise<void> = Promise.resolve();
  readonly #closing = new Set<Promise<void>>();
  #isStopped = false;
  #isFailing = false;

  private constructor(options: FileEventJournalOptions, journalId: string, closed: readonly SegmentExtent[], active: ActiveSegment) {
    this.journalId = journalId;
    this.#directory = options.directory;
    this.#fileSystem = options.fileSystem ?? nodeFileSystem;
    this.#logger = options.logger;
    this.#segmentBytes = options.segmentBytes ?? defaultSegmentBytes;
    this.#limitBytes = options.limitBytes ?? defaultLimitBytes;
    this.#segments = [...closed, active];
    this.#active = active;
  }

  static async open(options: FileEventJournalOptions): Promise<FileEventJournal> {
    const { directory, logger, createId, fileSystem = nodeFileSystem } = options;
    await fileSystem.makeDirectory(directory);
    const journalId = await readJournalId(fileSystem, directory, createId);
    const closed = await recoverSegments(fileSystem, directory, logger);
    const active = await createSegment(fileSystem, directory, (closed.at(-1)?.number ?? 0) + 1);
    return new FileEventJournal(options, journalId, closed, active);
  }

  /** Flushes what was appended; later appends are refused. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    // A write may schedule the next one, so the chain is followed to its end.
    for (let seen: Promise<void> | null = null; seen !== this.#writing; await seen) seen = this.#writing;
    this.#close(this.#active);
    await Promise.all(this.#closing);
  }

  /** True from a failed write until one succeeds: what is asked now will most likely be refused. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  get hasRoom(): boolean {
    return this.sizeBytes < this.#limitBytes;
  }

  /** What the segments take on disk, what is about to be written included. */
  get sizeBytes(): number {
    return this.#queuedBytes + this.#segments.reduce((sum, segment) => sum + segment.endBytes, 0);
  }

  async append(events: readonly Event[], durability: Durability): Promise<readonly Buffer[]> {
    if (this.#isStopped) throw new AppError('INTERNAL_SERVER_ERROR', 'The event journal is closed: this server is shutting down.');
    if (!this.hasRoom) throw journalFull(`it has reached its limit of ${this.#limitBytes} bytes`);
    if (events.length === 0) return [];
    const { bytes, payloads } = encodeFrames(events.map(eventToJson));
    await new Promise<void>((resolve, reject) => {
      this.#queue.push({ bytes, durability, resolve, reject });
      this.#queuedBytes += bytes.length;
      // With more than one waiting, a flush is already due that takes this one along (or schedules the next).
      if (this.#queue.length === 1) this.#schedule(() => this.#flushSoon());
    });
    return payloads;
  }

  extents(): readonly SegmentExtent[] {
    return this.#segments.map(({ number, path, endBytes }) => ({ number, path, endBytes }));
  }

  async release(position: JournalPosition, damaged: readonly number[]): Promise<void> {
    const { segment, offsetBytes } = position;
    const isAtEnd = segment === this.#active.number && offsetBytes >= this.#active.endBytes;
    // Full, and all of it read: the active segment must make room too, or no append would ever come to rotate it.
    if (isAtEnd && !this.hasRoom && this.#queue.length === 0) await this.#schedule(() => this.#rotate());
    const isDone = (one: SegmentExtent) => one.number < segment || (one.number === segment && offsetBytes >= one.endBytes);
    const done = this.#segments.filter((one) => one !== this.#active && isDone(one));
    for (const one of done) await this.#discard(one, damaged.includes(one.number));
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #schedule(operation: () => Promise<void>): Promise<void> {
    const result = this.#writing.then(operation);
    this.#writing = result.catch(() => undefined);
    return result;
  }

  /** After the rest of this turn: the rows of a batch are answered together, and one write serves them all. */
  async #flushSoon(): Promise<void> {
    await new Promise(setImmediate);
    await this.#flush();
  }

  /** Writes one group. Never rejects: each append is told for itself. */
  async #flush(): Promise<void> {
    const group = this.#takeGroup();
    if (group.length === 0) return;
    try {
      if (this.#active.endBytes >= this.#segmentBytes || this.#active.isBroken) await this.#rotate();
      await this.#active.write(group.map((one) => one.bytes));
      this.#isFailing = false;
    } catch (error) {
      this.#isFailing = true;
      this.#logger.error('journal_write_failed', { segment: this.#active.number, error: String(error) });
      for (const one of group) one.reject(writeFailed(error));
      return;
    } finally {
      this.#queuedBytes -= group.reduce((sum, one) => sum + one.bytes.length, 0);
      if (this.#queue.length > 0) void this.#schedule(() => this.#flush());
    }
    this.#acknowledge(group, this.#active);
    for (const listener of this.#listeners) listener();
  }

  #takeGroup(): readonly PendingAppend[] {
    let bytes = 0;
    let count = 0;
    for (const one of this.#queue) {
      bytes += one.bytes.length;
      if (count > 0 && bytes > maxGroupBytes) break;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  #acknowledge(group: readonly PendingAppend[], segment: ActiveSegment): void {
    for (const one of group) if (one.durability === 'process') one.resolve();
    const waiting = group.filter((one) => one.durability === 'disk');
    if (waiting.length === 0) return;
    // Not awaited: the next write goes on while the disk works, so that nobody waits for a sync that he did not ask for.
    segment.sync().then(
      () => {
        for (const one of waiting) one.resolve();
      },
      (error: unknown) => {
        this.#logger.error('journal_sync_failed', { segment: segment.number, error: String(error) });
        for (const one of waiting) one.reject(syncFailed(error));
      },
    );
  }

  async #rotate(): Promise<void> {
    const old = this.#active;
    this.#active = await createSegment(this.#fileSystem, this.#directory, old.number + 1);
    this.#segments = [...this.#segments, this.#active];
    this.#close(old);
  }

  /** Syncs and closes beside everything else: the next segment is written meanwhile. */
  #close(segment: ActiveSegment): void {
    const closing = segment.close().catch((error: unknown) => {
      this.#logger.error('journal_sync_failed', { segment: segment.number, error: String(error) });
    });
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
  }

  async #discard(segment: SegmentExtent, isDamaged: boolean): Promise<void> {
    await Promise.all(this.#closing);
    if (isDamaged) await this.#fileSystem.rename(segment.path, `${segment.path}.damaged`);
    else await this.#fileSystem.remove(segment.path);
    this.#segments = this.#segments.filter((one) => one !== segment);
  }
}

async function createSegment(fileSystem: JournalFileSystem, directory: string, number: number): Promise<ActiveSegment> {
  const path = segmentPath(directory, number);
  const file = await fileSystem.open(path, 'create');
  try {
    // Without this a power cut could forget the file's name, whatever was synced into it.
    await fileSystem.syncDirectory(directory);
  } catch (error) {
    await file.close();
    await fileSystem.remove(path);
    throw error;
  }
  return new ActiveSegment(number, path, file);
}

import type { Event } from '../events/event';
import type { JournalEntry, SegmentExtent } from '../events/event-journal';
import { eventFromJson } from '../events/event-json';
import type { Logger } from '../events/logger';
import { findFrame, frameAt } from './frame';
import type { JournalFile, JournalFileSystem } from './journal-file-system';

const chunkBytes = 1 << 20;

export interface SegmentRead {
  readonly entries: readonly JournalEntry[];
  readonly nextOffset: number;
}

/** Reads frames of one segment at a time; keeps that one open. Damaged bytes are stepped over, loudly: the frames after them still count. */
export class SegmentReader {
  readonly #fileSystem: JournalFileSystem;
  readonly #logger: Logger;
  readonly #reported = new Set<string>();
  readonly #damaged = new Set<number>();
  #open: { readonly number: number; readonly file: JournalFile } | null = null;

  constructor(fileSystem: JournalFileSystem, logger: Logger) {
    this.#fileSystem = fileSystem;
    this.#logger = logger;
  }

  /** Numbers of the segments that held bytes which were no frames. */
  get damaged(): readonly number[] {
    return [...this.#damaged];
  }

  /** Up to `maxEvents` whole events from `offset`, which must be before `segment.endBytes`; at least one, or the offset moves. */
  async read(segment: SegmentExtent, offset: number, maxEvents: number): Promise<SegmentRead> {
    const endBytes = segment.endBytes;
    const file = await this.#fileOf(segment);
    let chunk = await file.read(Math.min(chunkBytes, endBytes - offset), offset);
    const first = frameAt(chunk, 0);
    if (first.kind === 'incomplete' && first.neededBytes <= endBytes - offset && first.neededBytes > chunk.length) {
      chunk = await file.read(first.neededBytes, offset);
    }
    const { entries, length } = parse(chunk, maxEvents);
    if (entries.length > 0) return { entries, nextOffset: offset + length };
    return { entries, nextOffset: await this.#stepOver(segment, file, offset, endBytes) };
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.file.close();
  }

  async #fileOf(segment: SegmentExtent): Promise<JournalFile> {
    if (this.#open?.number !== segment.number) {
      await this.close();
      this.#open = { number: segment.number, file: await this.#fileSystem.open(segment.path, 'read') };
    }
    return this.#open.file;
  }

  async #stepOver(segment: SegmentExtent, file: JournalFile, offset: number, endBytes: number): Promise<number> {
    const rest = await file.read(endBytes - offset, offset);
    const found = findFrame(rest, 1);
    const next = found === null ? endBytes : offset + found;
    this.#damaged.add(segment.number);
    const place = `${segment.number}:${offset}`;
    if (!this.#reported.has(place)) {
      this.#reported.add(place);
      this.#logger.error('journal_segment_damaged', { segment: segment.number, path: segment.path, offset, skippedBytes: next - offset });
    }
    return next;
  }
}

/** The events at the start of `chunk`; `length`: the bytes that they take. */
function parse(chunk: Buffer, maxEvents: number): { entries: JournalEntry[]; length: number } {
  const entries: JournalEntry[] = [];
  let length = 0;
  while (entries.length < maxEvents) {
    const frame = frameAt(chunk, length);
    if (frame.kind !== 'frame') break;
    const event = parseEvent(frame.payload);
    if (event === null) break;
    entries.push({ event, json: frame.payload });
    length = frame.endOffset;
  }
  return { entries, length };
}

function parseEvent(payload: Buffer): Event | null {
  try {
    return eventFromJson(payload.toString('utf8'));
  } catch {
    return null;
  }
}

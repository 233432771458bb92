import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event, OutcomeEvent } from '../../../src/events/event';
import type { JournalBatch, JournalPosition } from '../../../src/events/event-journal';
import { journalStart } from '../../../src/events/event-journal';
import type { Logger } from '../../../src/events/logger';
import type { FileEventJournal } from '../../../src/journal/file-event-journal';
import { JournalView } from '../../../src/journal/journal-view';
import { FakeLogger } from '../../fakes/fake-logger';

export function numbered(number: number, text = ''): OutcomeEvent {
  return {
    type: 'outcome',
    id: String(number),
    metric: 'm',
    unitId: text,
    predictionId: null,
    value: number,
    denominator: null,
    occurredAtMs: 0,
    receivedAtMs: 0,
  };
}

/** The reading side of a journal, always shown all of it. */
export class Reader {
  readonly #journal: FileEventJournal;
  readonly #view: JournalView;

  constructor(journal: FileEventJournal, logger: Logger = new FakeLogger()) {
    this.#journal = journal;
    const release = (position: JournalPosition, damaged: readonly number[]) => journal.release(position, damaged);
    this.#view = new JournalView({ journalId: journal.journalId, logger, release });
  }

  read(position: JournalPosition, maxEvents: number): Promise<JournalBatch> {
    this.#view.update(this.#journal.extents());
    return this.#view.read(position, maxEvents);
  }

  release(position: JournalPosition): Promise<void> {
    return this.#view.release(position);
  }

  close(): Promise<void> {
    return this.#view.close();
  }
}

/** One batch of a reader that lives no longer. */
export async function readBatch(journal: FileEventJournal, position: JournalPosition, maxEvents: number): Promise<JournalBatch> {
  const reader = new Reader(journal);
  const batch = await reader.read(position, maxEvents);
  await reader.close();
  return batch;
}

/** Everything from `from` on, read in steps of `maxEvents`; also where each step ended. */
export async function readAll(
  journal: FileEventJournal,
  maxEvents = 100,
  from: JournalPosition = journalStart,
  reader = new Reader(journal),
): Promise<{ events: Event[]; positions: JournalPosition[] }> {
  const events: Event[] = [];
  const positions = [from];
  for (let at = from; ; ) {
    const { entries, next, isLast } = await reader.read(at, maxEvents);
    expect(entries.length).toBeLessThanOrEqual(maxEvents);
    for (const { event, json } of entries) {
      expect(JSON.parse(json.toString('utf8'))).toEqual(event);
      events.push(event);
    }
    if (entries.length > 0) positions.push(next);
    else expect(next).toEqual(at);
    // Who is told that this was all must not miss anything.
    if (entries.length === 0 || isLast) {
      expect((await reader.read(next, maxEvents)).entries).toEqual([]);
      await reader.close();
      return { events, positions };
    }
    at = next;
  }
}

export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'touchstone-journal-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

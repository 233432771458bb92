import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event, OutcomeEvent } from '../../../src/events/event';
import type { JournalPosition } from '../../../src/events/event-journal';
import { journalStart } from '../../../src/events/event-journal';
import type { FileEventJournal } from '../../../src/journal/file-event-journal';

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

/** Everything from `from` on, read in steps of `maxEvents`; also where each step ended. */
export async function readAll(
  journal: FileEventJournal,
  maxEvents = 100,
  from: JournalPosition = journalStart,
): Promise<{ events: Event[]; positions: JournalPosition[] }> {
  const events: Event[] = [];
  const positions = [from];
  for (let at = from; ; ) {
    const batch = await journal.read(at, maxEvents);
    if (batch.events.length === 0) return { events, positions };
    expect(batch.events.length).toBeLessThanOrEqual(maxEvents);
    events.push(...batch.events);
    positions.push(batch.next);
    at = batch.next;
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

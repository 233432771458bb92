import { appendFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { journalStart } from '../../../src/events/event-journal';
import { FileEventJournal } from '../../../src/journal/file-event-journal';
import { FakeLogger } from '../../fakes/fake-logger';
import { numbered, Reader, readAll, readBatch, withDirectory } from './journal-harness';

function open(directory: string, options: { segmentBytes?: number; limitBytes?: number; logger?: FakeLogger } = {}) {
  return FileEventJournal.open({ directory, createId: () => 'journal-1', logger: new FakeLogger(), ...options });
}

async function segmentsOf(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name.endsWith('.log')).sort();
}

/** Sizes of appends, made at once in each inner list, one list after the other. */
const rounds = fc.array(
  fc.array(fc.record({ size: fc.integer({ min: 0, max: 5 }), text: fc.string({ unit: 'grapheme' }) }), { maxLength: 6 }),
  {
    maxLength: 6,
  },
);

describe('FileEventJournal', () => {
  it('reads back in order what was appended, from every position, over any segment size and any restart', async () => {
    await fc.assert(
      fc.asyncProperty(
        rounds,
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (plan, segmentBytes, step, restarts) =>
          withDirectory(async (directory) => {
            let journal = await open(directory, { segmentBytes });
            const written: ReturnType<typeof numbered>[] = [];
            for (const round of plan) {
              await Promise.all(
                round.map(({ size, text }, index) => {
                  const events = Array.from({ length: size }, (_, place) => numbered(written.length + place, text));
                  written.push(...events);
                  return journal.append(events, index % 2 === 0 ? 'disk' : 'process');
                }),
              );
              if (!restarts) continue;
              await journal.stop();
              journal = await open(directory, { segmentBytes });
            }
            const { events, positions } = await readAll(journal, step);
            expect(events).toEqual(written);
            let seen = 0;
            for (const position of positions) {
              expect((await readAll(journal, 3, position)).events).toEqual(written.slice(seen));
              seen = Math.min(seen + step, written.length);
            }
            await journal.stop();
          }),
      ),
      { numRuns: 40 },
    );
  });

  it('loses only unfinished appends when the tail of the last segment is cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 }), fc.nat(), (sizes, cut) =>
        withDirectory(async (directory) => {
          const journal = await open(directory);
          const ends: { bytes: number; events: number }[] = [{ bytes: 0, events: 0 }];
          let count = 0;
          for (const size of sizes) {
            await journal.append(
              Array.from({ length: size }, () => numbered(count++)),
              'process',
            );
            ends.push({ bytes: journal.sizeBytes, events: count });
          }
          await journal.stop();
          const path = join(directory, (await segmentsOf(directory)).at(-1) as string);
          const kept = cut % ((await stat(path)).size + 1);
          await truncate(path, kept);

          const logger = new FakeLogger();
          const again = await open(directory, { logger });
          const whole = ends.filter((end) => end.bytes <= kept).at(-1);
          expect((await readAll(again)).events).toEqual(Array.from({ length: whole?.events ?? 0 }, (_, number) => numbered(number)));
          expect((await stat(path)).size).toBe(whole?.bytes);
          expect(logger.lines.some((line) => line.event === 'journal_tail_cut')).toBe(kept !== whole?.bytes);
          await again.append([numbered(99)], 'disk');
          expect((await readAll(again)).events.at(-1)).toEqual(numbered(99));
          await again.stop();
        }),
      ),
      { numRuns: 40 },
    );
  });

  it('reads what comes after a restart, also from a position that a power cut took the bytes of', () =>
    withDirectory(async (directory) => {
      const journal = await open(directory);
      await journal.append([numbered(1), numbered(2)], 'process');
      const { next } = await readBatch(journal, journalStart, 10);
      await journal.stop();
      await truncate(join(directory, (await segmentsOf(directory))[0] as string), 0);

      const again = await open(directory);
      await again.append([numbered(3)], 'process');
      expect((await readBatch(again, next, 10)).entries.map(({ event }) => event)).toEqual([numbered(3)]);
      await again.stop();
    }));

  it('starts over when asked to read on beyond its newest segment (an older backup)', () =>
    withDirectory(async (directory) => {
      const journal = await open(directory);
      await journal.append([numbered(1)], 'process');
      expect((await readBatch(journal, { segment: 77, offsetBytes: 5 }, 10)).entries.map(({ event }) => event)).toEqual([numbered(1)]);
      await journal.stop();
    }));

  it('steps over damaged bytes in an older segment, says so once, and keeps the file aside', () =>
    withDirectory(async (directory) => {
      const logger = new FakeLogger();
      const journal = await open(directory, { segmentBytes: 1, logger });
      await journal.append([numbered(1), numbered(2), numbered(3)], 'process');
      await journal.append([numbered(4)], 'process');
      const path = join(directory, (await segmentsOf(directory))[0] as string);
      const bytes = await readFile(path);
      const place = bytes.indexOf('"value":2');
      bytes[place + 8] = 0x35;
      await writeFile(path, bytes);

      const reader = new Reader(journal, logger);
      for (let look = 0; look < 2; look++)
        expect((await readAll(journal, 100, journalStart, reader)).events).toEqual([numbered(1), numbered(3), numbered(4)]);
      expect(logger.lines.filter((line) => line.event === 'journal_segment_damaged')).toHaveLength(1);
      await reader.release({ segment: 2, offsetBytes: 0 });
      expect(await readdir(directory)).toContain('0000000001.log.damaged');
      await journal.stop();
    }));

  it('keeps good appends behind damaged bytes of the last segment when it restarts', () =>
    withDirectory(async (directory) => {
      const journal = await open(directory);
      for (const number of [1, 2, 3]) await journal.append([numbered(number)], 'process');
      await journal.stop();
      const path = join(directory, (await segmentsOf(directory))[0] as string);
      const bytes = await readFile(path);
      bytes.fill(0, bytes.indexOf('"value":2'), bytes.indexOf('"value":2') + 9);
      await writeFile(path, bytes);
      await appendFile(path, Buffer.alloc(100));

      const again = await open(directory);
      expect((await readAll(again)).events).toEqual([numbered(1), numbered(3)]);
      await again.stop();
    }));

  it('refuses at its limit, reports it by hasRoom, and takes events again once they were released', () =>
    withDirectory(async (directory) => {
      const journal = await open(directory, { segmentBytes: 1_000, limitBytes: 3_000 });
      let count = 0;
      while (journal.hasRoom) await journal.append([numbered(count++)], 'process');
      await expect(journal.append([numbered(-1)], 'process')).rejects.toMatchObject({ code: 'JOURNAL_FULL' });

      const { events, positions } = await readAll(journal, 7);
      expect(events).toHaveLength(count);
      await journal.release(positions.at(-1) as (typeof positions)[0], []);
      expect(journal.hasRoom).toBe(true);
      expect(await segmentsOf(directory)).toHaveLength(1);
      await journal.append([numbered(count)], 'process');
      expect((await readAll(journal)).events).toEqual([numbered(count)]);
      await journal.stop();
    }));

  it('makes room even when one segment is all it may have', () =>
    withDirectory(async (directory) => {
      const journal = await open(directory, { limitBytes: 200 });
      for (let number = 0; number < 10; number++) {
        while (journal.hasRoom) await journal.append([numbered(number)], 'disk');
        const { positions } = await readAll(journal);
        await journal.release(positions.at(-1) as (typeof positions)[0], []);
        expect(journal.hasRoom).toBe(true);
      }
      await journal.stop();
    }));

  it('keeps what was not read when it releases', () =>
    withDirectory(async (directory) => {
      const journal = await open(directory, { segmentBytes: 300 });
      for (let number = 0; number < 20; number++) await journal.append([numbered(number)], 'process');
      const { next } = await readBatch(journal, journalStart, 7);
      await journal.release(next, []);
      expect((await readAll(journal, 5, next)).events).toEqual(Array.from({ length: 13 }, (_, place) => numbered(place + 7)));
      await journal.stop();
    }));

  it('keeps its id over restarts', () =>
    withDirectory(async (directory) => {
      await (await open(directory)).stop();
      const again = await FileEventJournal.open({ directory, createId: () => 'journal-2', logger: new FakeLogger() });
      expect(again.journalId).toBe('journal-1');
      await again.stop();
    }));

  it('calls its listeners after each append until they leave', () =>
    withDirectory(async (directory) => {
      const journal = await open(directory);
      const listener = jest.fn();
      const leave = journal.onAppend(listener);
      await journal.append([numbered(1)], 'process');
      expect(listener).toHaveBeenCalledTimes(1);
      leave();
      await journal.append([numbered(2)], 'process');
      expect(listener).toHaveBeenCalledTimes(1);
      await journal.stop();
    }));

  it('finishes on stop what was appended before, and refuses afterwards', () =>
    withDirectory(async (directory) => {
      const journal = await open(directory, { segmentBytes: 300 });
      const appends = Array.from({ length: 50 }, (_, number) => journal.append([numbered(number)], number % 2 ? 'disk' : 'process'));
      await journal.stop();
      await Promise.all(appends);
      await expect(journal.append([numbered(51)], 'process')).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
      const again = await open(directory);
      expect((await readAll(again)).events).toHaveLength(50);
      await again.stop();
    }));
});

import { FileEventJournal } from '../../../src/journal/file-event-journal';
import type { JournalFile, JournalFileSystem, OpenMode } from '../../../src/journal/journal-file-system';
import { nodeFileSystem } from '../../../src/journal/journal-file-system';
import { FakeLogger } from '../../fakes/fake-logger';
import { numbered, readAll, withDirectory } from './journal-harness';

type Fault = 'write' | 'truncate' | 'sync' | 'create';

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** The real file system, with each operation failing while its name is in `faults`; a failing write leaves half of its bytes. */
class FaultyFileSystem implements JournalFileSystem {
  readonly faults = new Map<Fault, string>();
  syncs = 0;
  /** While set, syncs wait for it. */
  gate: Promise<void> | null = null;
  readonly makeDirectory = nodeFileSystem.makeDirectory;
  readonly list = nodeFileSystem.list;
  readonly rename = nodeFileSystem.rename;
  readonly remove = nodeFileSystem.remove;
  readonly syncDirectory = nodeFileSystem.syncDirectory;

  check(fault: Fault): void {
    const code = this.faults.get(fault);
    if (code !== undefined) throw failure(code);
  }

  async open(path: string, mode: OpenMode): Promise<JournalFile> {
    if (mode === 'create') this.check('create');
    const file = await nodeFileSystem.open(path, mode);
    return {
      write: async (buffers, position) => {
        if (this.faults.has('write')) {
          const whole = Buffer.concat(buffers);
          await file.write([whole.subarray(0, whole.length / 2)], position);
        }
        this.check('write');
        await file.write(buffers, position);
      },
      truncate: async (length) => {
        this.check('truncate');
        await file.truncate(length);
      },
      sync: async () => {
        this.syncs++;
        await this.gate;
        this.check('sync');
        await file.sync();
      },
      read: (length, position) => file.read(length, position),
      close: () => file.close(),
    };
  }
}

function withJournal(
  work: (journal: FileEventJournal, fileSystem: FaultyFileSystem, reopen: () => Promise<FileEventJournal>) => Promise<void>,
): Promise<void> {
  return withDirectory(async (directory) => {
    const fileSystem = new FaultyFileSystem();
    const open = () =>
      FileEventJournal.open({ directory, createId: () => 'id', logger: new FakeLogger(), fileSystem, segmentBytes: 10_000 });
    const journal = await open();
    await work(journal, fileSystem, async () => {
      await journal.stop();
      return open();
    });
  });
}

describe('FileEventJournal on a failing disk', () => {
  it.each([
    ['ENOSPC', 'JOURNAL_FULL'],
    ['EIO', 'INTERNAL_SERVER_ERROR'],
  ])('refuses an append that fails with %s as %s, shows nothing of it, and goes on', (code, expected) =>
    withJournal(async (journal, { faults }, reopen) => {
      await journal.append([numbered(1)], 'disk');
      faults.set('write', code);
      await expect(journal.append([numbered(2), numbered(3)], 'process')).rejects.toMatchObject({ code: expected });
      faults.clear();
      await journal.append([numbered(4)], 'process');
      expect((await readAll(journal)).events).toEqual([numbered(1), numbered(4)]);
      const again = await reopen();
      expect((await readAll(again)).events).toEqual([numbered(1), numbered(4)]);
      await again.stop();
    }),
  );

  it('leaves a segment for good when it cannot take a failed write back', () =>
    withJournal(async (journal, { faults }, reopen) => {
      await journal.append([numbered(1)], 'process');
      faults.set('write', 'EIO').set('truncate', 'EIO');
      await expect(journal.append([numbered(2)], 'process')).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
      faults.clear();
      await journal.append([numbered(3)], 'disk');
      expect((await readAll(journal)).events).toEqual([numbered(1), numbered(3)]);
      const again = await reopen();
      expect((await readAll(again)).events).toEqual([numbered(1), numbered(3)]);
      await again.stop();
    }));

  it('refuses what an fsync error left in doubt, and writes on in a new segment', () =>
    withJournal(async (journal, { faults }) => {
      faults.set('sync', 'EIO');
      await expect(journal.append([numbered(1)], 'disk')).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
      faults.clear();
      await journal.append([numbered(2)], 'disk');
      const { events, positions } = await readAll(journal, 1);
      expect(events.at(-1)).toEqual(numbered(2));
      expect(positions.at(-1)?.segment).toBe(2);
      await journal.stop();
    }));

  it('refuses while no new segment can be made, and takes events again afterwards', () =>
    withJournal(async (journal, { faults }) => {
      await journal.append([numbered(1, 'x'.repeat(10_000))], 'process');
      faults.set('create', 'ENOSPC');
      await expect(journal.append([numbered(2)], 'process')).rejects.toMatchObject({ code: 'JOURNAL_FULL' });
      faults.clear();
      await journal.append([numbered(3)], 'process');
      expect((await readAll(journal)).events.map((event) => event.id)).toEqual(['1', '3']);
      await journal.stop();
    }));

  it('syncs once for many, and lets nobody wait for a sync he did not ask for', () =>
    withJournal(async (journal, fileSystem) => {
      let openGate = () => undefined as unknown;
      fileSystem.gate = new Promise((resolve) => {
        openGate = () => resolve();
      });
      const acknowledged: number[] = [];
      const syncsBefore = fileSystem.syncs;
      const first = journal.append([numbered(0)], 'disk').then(() => acknowledged.push(0));
      await journal.append([numbered(1)], 'process');
      const others = Array.from({ length: 20 }, (_, place) =>
        journal.append([numbered(place + 2)], 'disk').then(() => acknowledged.push(place + 2)),
      );
      await journal.append([numbered(22)], 'process');
      expect(acknowledged).toEqual([]);
      openGate();
      await Promise.all([first, ...others]);
      expect(acknowledged).toHaveLength(21);
      expect(fileSystem.syncs - syncsBefore).toBe(2);
      fileSystem.gate = null;
      await journal.stop();
    }));
});

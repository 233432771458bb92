import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileEventJournal } from '../../../src/journal/file-event-journal';
import { nodeFileSystem } from '../../../src/journal/journal-file-system';
import { holdsEvents, journalFolder, leftoverFolders, processFolder, removeJournal } from '../../../src/journal/journal-folders';
import { FakeLogger } from '../../fakes/fake-logger';
import { numbered, withDirectory } from './journal-harness';

/** A run that wrote into the journal of this folder and was killed. */
async function write(folder: string, events: number): Promise<void> {
  const journal = await FileEventJournal.open({ directory: journalFolder(folder), createId: () => 'id', logger: new FakeLogger() });
  if (events > 0)
    await journal.append(
      Array.from({ length: events }, (_, index) => numbered(index)),
      'process',
    );
  await journal.stop();
}

describe('leftoverFolders', () => {
  it('is empty for a folder that is new, or not there', async () => {
    await withDirectory(async (dataDir) => {
      expect(await leftoverFolders(dataDir, 1)).toEqual([]);
      expect(await leftoverFolders(join(dataDir, 'nowhere'), 4)).toEqual([]);
    });
  });

  it.each([
    { wrote: 'one process', processes: 1, left: ['processes/1', 'processes/2', 'processes/3'] },
    { wrote: 'two processes', processes: 2, left: ['.', 'processes/3'] },
    { wrote: 'three processes', processes: 3, left: ['.'] },
    { wrote: 'ten processes', processes: 10, left: ['.'] },
  ])('names what a run of $wrote does not write itself', async ({ processes, left }) => {
    await withDirectory(async (dataDir) => {
      for (const folder of [dataDir, ...[1, 2, 3].map((place) => processFolder(dataDir, place))]) await write(folder, 1);
      expect([...(await leftoverFolders(dataDir, processes))].sort()).toEqual(left.map((name) => join(dataDir, name)));
    });
  });

  it('names a journal without events too: the process that writes it may still be there', async () => {
    await withDirectory(async (dataDir) => {
      const folder = processFolder(dataDir, 1);
      await write(folder, 0);
      expect(await leftoverFolders(dataDir, 1)).toEqual([folder]);
      expect(await holdsEvents(journalFolder(folder))).toBe(false);
      await write(folder, 1);
      expect(await holdsEvents(journalFolder(folder))).toBe(true);
    });
  });

  it('passes over what is no journal', async () => {
    await withDirectory(async (dataDir) => {
      await mkdir(join(dataDir, 'processes', 'notes'), { recursive: true });
      await writeFile(join(dataDir, 'processes', 'read-me.txt'), 'by hand');
      expect(await leftoverFolders(dataDir, 1)).toEqual([]);
    });
  });
});

describe('removeJournal', () => {
  it('leaves nothing that would be read again, and what was put aside as damaged', async () => {
    await withDirectory(async (dataDir) => {
      await write(dataDir, 3);
      const directory = journalFolder(dataDir);
      await writeFile(join(directory, '0000000009.log.damaged'), 'for a person');
      await removeJournal(directory);
      expect(await readdir(directory)).toEqual(['0000000009.log.damaged']);
      expect(await leftoverFolders(dataDir, 2)).toEqual([]);
    });
  });

  it('takes the id first: a journal that was half removed has a new one, and is not taken for read up to the old checkpoint', async () => {
    await withDirectory(async (dataDir) => {
      await write(dataDir, 1);
      await write(dataDir, 1);
      const directory = journalFolder(dataDir);
      const removed: string[] = [];
      const remove = async (path: string) => {
        removed.push(path);
        await nodeFileSystem.remove(path);
      };
      await removeJournal(directory, { ...nodeFileSystem, remove });
      expect(removed[0]).toBe(join(directory, 'journal-id'));
      expect(removed).toHaveLength(3);
    });
  });
});

import { join } from 'node:path';
import { type JournalFileSystem, nodeFileSystem } from './journal-file-system';
import { idName, isSegmentName } from './journal-recovery';

/*
 * A data folder belongs to one server. One process keeps its journal in `journal/`; of several each has a folder of its own, `processes/<place>`,
 * that is to it what the data folder is to a single one.
 */

const processesName = 'processes';

export function processFolder(dataDir: string, place: number): string {
  return join(dataDir, processesName, String(place));
}

export function journalFolder(folder: string): string {
  return join(folder, 'journal');
}

/** Folders with a journal of a run with another number of processes, which nobody of this run writes. Whose process is still ending may grow. */
export async function leftoverFolders(dataDir: string, processes: number, fileSystem = nodeFileSystem): Promise<readonly string[]> {
  const isOwn = (place: number) => processes > 1 && place <= processes;
  const names = (await list(fileSystem, join(dataDir, processesName))).map(({ name }) => name);
  const places = names.filter((name) => /^[1-9]\d*$/.test(name) && !isOwn(Number(name)));
  const folders = [...(processes > 1 ? [dataDir] : []), ...places.map((name) => processFolder(dataDir, Number(name)))];
  const found: string[] = [];
  for (const folder of folders) if (await isJournal(fileSystem, journalFolder(folder))) found.push(folder);
  return found;
}

/**
 * Removes a journal whose events are all in the database. Its id goes first: were segments counted from 1 again under the id of a checkpoint that
 * stands further on, they would be taken for read. What was put aside as damaged stays.
 */
export async function removeJournal(directory: string, fileSystem: JournalFileSystem = nodeFileSystem): Promise<void> {
  const names = (await list(fileSystem, directory)).map(({ name }) => name);
  if (names.includes(idName)) await fileSystem.remove(join(directory, idName));
  await fileSystem.syncDirectory(directory);
  for (const name of names) if (isSegmentName(name)) await fileSystem.remove(join(directory, name));
}

/** Whether anything was ever appended that has not been removed. */
export async function holdsEvents(directory: string, fileSystem: JournalFileSystem = nodeFileSystem): Promise<boolean> {
  return (await list(fileSystem, directory)).some(({ name, sizeBytes }) => isSegmentName(name) && sizeBytes > 0);
}

async function isJournal(fileSystem: JournalFileSystem, directory: string): Promise<boolean> {
  return (await list(fileSystem, directory)).some(({ name }) => name === idName || isSegmentName(name));
}

async function list(fileSystem: JournalFileSystem, directory: string): ReturnType<JournalFileSystem['list']> {
  try {
    return await fileSystem.list(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

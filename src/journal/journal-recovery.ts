import { join } from 'node:path';
import type { SegmentExtent } from '../events/event-journal';
import type { Logger } from '../events/logger';
import { endOfLastAppend } from './frame';
import type { JournalFileSystem } from './journal-file-system';

const segmentName = /^(\d{10})\.log$/;
export const idName = 'journal-id';
const maxIdBytes = 256;

export function isSegmentName(name: string): boolean {
  return segmentName.test(name);
}

export function segmentPath(directory: string, number: number): string {
  return join(directory, `${String(number).padStart(10, '0')}.log`);
}

/** The id beside the segments; made on the first start. */
export async function readJournalId(fileSystem: JournalFileSystem, directory: string, createId: () => string): Promise<string> {
  const path = join(directory, idName);
  const names = (await fileSystem.list(directory)).map((file) => file.name);
  if (names.includes(idName)) {
    const file = await fileSystem.open(path, 'read');
    const id = (await file.read(maxIdBytes, 0)).toString('utf8').trim();
    await file.close();
    return id;
  }
  const id = createId();
  const draft = `${path}.new`;
  if (names.includes(`${idName}.new`)) await fileSystem.remove(draft);
  const file = await fileSystem.open(draft, 'create');
  await file.write([Buffer.from(`${id}\n`)], 0);
  await file.sync();
  await file.close();
  await fileSystem.rename(draft, path);
  await fileSystem.syncDirectory(directory);
  return id;
}

/** The segments of earlier runs, ascending; the tail of the last one that no finished append covers is cut off. */
export async function recoverSegments(fileSystem: JournalFileSystem, directory: string, logger: Logger): Promise<readonly SegmentExtent[]> {
  const segments = (await fileSystem.list(directory))
    .flatMap(({ name, sizeBytes }): SegmentExtent[] => {
      const match = segmentName.exec(name);
      return match ? [{ number: Number(match[1]), path: join(directory, name), endBytes: sizeBytes }] : [];
    })
    .sort((a, b) => a.number - b.number);
  const last = segments.at(-1);
  if (!last) return [];
  return [...segments.slice(0, -1), { ...last, endBytes: await cutTornTail(fileSystem, last, logger) }];
}

/** @returns the bytes that are left. */
async function cutTornTail(fileSystem: JournalFileSystem, segment: SegmentExtent, logger: Logger): Promise<number> {
  const file = await fileSystem.open(segment.path, 'modify');
  try {
    const end = endOfLastAppend(await file.read(segment.endBytes, 0));
    if (end === segment.endBytes) return end;
    logger.warn('journal_tail_cut', { segment: segment.number, bytes: segment.endBytes - end });
    await file.truncate(end);
    await file.sync();
    return end;
  } finally {
    await file.close();
  }
}

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The folders in a folder, by name. */
export async function folderNames(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = await Promise.all(
    entries.map(async (entry) => {
      if (entry.name.startsWith('.')) return [];
      // A link to a folder is a folder, as mounted model volumes have it.
      const isFolder =
        entry.isDirectory() || (entry.isSymbolicLink() && (await stat(join(path, entry.name)).catch(() => null))?.isDirectory());
      return isFolder ? [entry.name] : [];
    }),
  );
  return names.flat().sort();
}

/** What the files in a folder look like from outside: another text when one of them was replaced, written to, added or removed. */
export async function fingerprintOf(directory: string): Promise<string> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const marks = await Promise.all(
    names.sort().map(async (name) => {
      const info = await stat(join(directory, name), { bigint: true }).catch(() => null);
      return info?.isFile() ? [`${name}:${info.mtimeNs}:${info.size}:${info.ino}`] : [];
    }),
  );
  return marks.flat().join(' ');
}

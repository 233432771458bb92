import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors';

export const manifestFile = 'model.json';
const maxManifestBytes = 8 * 1024 * 1024;

/**
 * The text of the manifest of a version's folder; that of an empty one where there is none.
 * @throws AppError INVALID_INPUT
 */
export async function readManifestText(directory: string): Promise<string> {
  const info = await stat(join(directory, manifestFile)).catch(() => null);
  // A pipe or a device would be read without end.
  if (info && (!info.isFile() || info.size > maxManifestBytes)) {
    throw new AppError('INVALID_INPUT', `${manifestFile} must be a file of at most ${maxManifestBytes} bytes.`);
  }
  return readFile(join(directory, manifestFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw new AppError('INVALID_INPUT', `${manifestFile} cannot be read (${error.message}).`, { cause: error });
  });
}

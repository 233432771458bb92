import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors';
import { type Manifest, parseManifest } from './manifest';

export const manifestFile = 'model.json';

/**
 * The manifest of a version's folder; an empty one where there is none.
 * @throws AppError INVALID_INPUT
 */
export async function readManifest(directory: string): Promise<Manifest> {
  const text = await readFile(join(directory, manifestFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw new AppError('INVALID_INPUT', `${manifestFile} cannot be read (${error.message}).`, { cause: error });
  });
  return parseManifest(text);
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseReferenceProfile } from '../drift/parse-reference-profile';
import type { ReferenceProfile } from '../drift/reference-profile';

/** The `reference-profile.json` beside a model; null when there is none. @throws AppError INVALID_INPUT when it cannot be understood. */
export async function readReferenceProfile(directory: string): Promise<ReferenceProfile | null> {
  const text = await readFile(join(directory, 'reference-profile.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : parseReferenceProfile(text);
}

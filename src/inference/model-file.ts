import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { AppError } from '../errors';

export interface ModelFile {
  /** In memory that threads share: each worker starts from these bytes, whatever lies in the folder by then. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** Hex. */
  readonly sha256: string;
}

/** Small enough that hashing one leaves the event loop free. */
const pieceBytes = 1024 * 1024;

/**
 * Reads a file whole, and its hash from the very same bytes.
 * @throws AppError INVALID_INPUT, naming it by `name`.
 */
export async function readModelFile(path: string, name: string): Promise<ModelFile> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const bytes = new Uint8Array(new SharedArrayBuffer(size));
      const hash = createHash('sha256');
      for (let at = 0; at < size; ) {
        const { bytesRead } = await file.read(bytes, at, Math.min(pieceBytes, size - at), at);
        if (bytesRead === 0) throw new Error('it became shorter while it was read');
        hash.update(bytes.subarray(at, at + bytesRead));
        at += bytesRead;
      }
      return { bytes, sha256: hash.digest('hex') };
    } finally {
      await file.close();
    }
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    // Node's end with the whole path, which is nobody's business but the server's.
    const reason = words.replace(/, \w+ '.*'$/s, '');
    throw new AppError('INVALID_INPUT', `${name} cannot be read (${reason}).`, { cause: error });
  }
}

/** A copy that threads share. */
export function inSharedMemory(bytes: Uint8Array): ModelFile['bytes'] {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

import { constants, writevSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DirectWrites } from './direct-writes';

/** `create` fails when the file exists. */
export type OpenMode = 'create' | 'modify' | 'read';

export interface JournalFile {
  /** Writes all bytes, or throws; then any part of them may be in the file. */
  write(buffers: readonly Uint8Array[], positionBytes: number): Promise<void>;
  /** Fewer bytes than asked only at the end of the file. */
  read(lengthBytes: number, positionBytes: number): Promise<Buffer>;
  truncate(lengthBytes: number): Promise<void>;
  /** fdatasync. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The little that the journal needs of a file system; tests put failures in. */
export interface JournalFileSystem {
  makeDirectory(path: string): Promise<void>;
  list(directory: string): Promise<readonly { readonly name: string; readonly sizeBytes: number }[]>;
  open(path: string, mode: OpenMode): Promise<JournalFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes created and renamed names durable. */
  syncDirectory(path: string): Promise<void>;
}

const flags: Readonly<Record<OpenMode, number>> = {
  create: constants.O_CREAT | constants.O_EXCL | constants.O_RDWR,
  modify: constants.O_RDWR,
  read: constants.O_RDONLY,
};

export const nodeFileSystem: JournalFileSystem = {
  async makeDirectory(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  async list(directory) {
    const names = await readdir(directory);
    return Promise.all(names.map(async (name) => ({ name, sizeBytes: (await stat(join(directory, name))).size })));
  },
  async open(path, mode) {
    return new NodeFile(await open(path, flags[mode], 0o600));
  },
  rename,
  remove: unlink,
  async syncDirectory(path) {
    // Windows cannot open a directory; there the rename itself is durable.
    if (process.platform === 'win32') return;
    const directory = await open(path, constants.O_RDONLY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};

class NodeFile implements JournalFile {
  readonly #handle: FileHandle;
  readonly #directWrites = new DirectWrites();

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(buffers: readonly Uint8Array[], positionBytes: number): Promise<void> {
    const total = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    const bytesWritten = this.#directWrites.allow(total)
      ? this.#directWrites.run(() => writevSync(this.#handle.fd, buffers, positionBytes))
      : (await this.#handle.writev(buffers, positionBytes)).bytesWritten;
    if (bytesWritten === total) return;
    // A short write is legal (a signal, a nearly full disk): go on where it ended, until all is written or the system says why not.
    const rest = Buffer.concat(buffers).subarray(bytesWritten);
    for (let done = 0; done < rest.length; ) {
      done += (await this.#handle.write(rest, done, rest.length - done, positionBytes + bytesWritten + done)).bytesWritten;
    }
  }

  async read(lengthBytes: number, positionBytes: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(lengthBytes);
    let done = 0;
    while (done < lengthBytes) {
      const { bytesRead } = await this.#handle.read(buffer, done, lengthBytes - done, positionBytes + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return buffer.subarray(0, done);
  }

  truncate(lengthBytes: number): Promise<void> {
    return this.#handle.truncate(lengthBytes);
  }

  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

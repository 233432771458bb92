import type { SegmentExtent } from '../events/event-journal';
import type { JournalFile } from './journal-file-system';

interface SyncWaiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The segment that is written to. Writes come one after the other (the journal sees to it); syncs run beside them. */
export class ActiveSegment implements SegmentExtent {
  readonly number: number;
  readonly path: string;
  endBytes = 0;
  readonly #file: JournalFile;
  #isBroken = false;
  #waiters: SyncWaiter[] = [];
  #isSyncing = false;

  constructor(number: number, path: string, file: JournalFile) {
    this.number = number;
    this.path = path;
    this.#file = file;
  }

  /** True after an error that leaves the file in doubt: the kernel drops dirty pages on a failed fsync, so trying again proves nothing. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** All buffers, or nothing that a reader could see. */
  async write(buffers: readonly Uint8Array[]): Promise<void> {
    try {
      await this.#file.write(buffers, this.endBytes);
    } catch (error) {
      await this.#takeBack();
      throw error;
    }
    this.endBytes += buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  }

  /** Resolves when all that was written before the call is on disk: one fdatasync for everybody who waits. */
  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (!this.#isSyncing) void this.#syncAll();
    });
  }

  async close(): Promise<void> {
    try {
      if (!this.#isBroken) await this.sync();
    } finally {
      await this.#file.close();
    }
  }

  async #takeBack(): Promise<void> {
    try {
      await this.#file.truncate(this.endBytes);
    } catch {
      this.#isBroken = true;
    }
  }

  async #syncAll(): Promise<void> {
    this.#isSyncing = true;
    while (this.#waiters.length > 0) {
      const group = this.#waiters;
      this.#waiters = [];
      try {
        if (this.#isBroken) throw new Error('An earlier write or fsync of this journal segment failed.');
        await this.#file.sync();
        for (const waiter of group) waiter.resolve();
      } catch (error) {
        this.#isBroken = true;
        for (const waiter of group) waiter.reject(error);
      }
    }
    this.#isSyncing = false;
  }
}

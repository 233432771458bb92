import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './events/logger';
import { FileEventJournal } from './journal/file-event-journal';
import { holdsEvents, journalFolder, removeJournal } from './journal/journal-folders';
import { DataDirLock } from './persistence/data-dir-lock';
import type { IngestSettings } from './persistence/ingest/ingest-protocol';
import { ThreadedIngester } from './persistence/ingest/threaded-ingester';

export interface LeftoverJournalsOptions {
  /** Folders whose journals nobody writes any more. */
  readonly folders: readonly string[];
  /** The one of them that is locked already, if it is among them. */
  readonly lockedFolder: string | null;
  readonly settings: Omit<IngestSettings, 'journalId'>;
  readonly logger: Logger;
  readonly createId: () => string;
}

/** Between two tries: the process of an earlier run that still holds it needs a moment to end. */
const pauseMs = 2_000;

/**
 * Brings the journals of processes that this run has not into the database, one after the other, and removes them. What a stop or a kill leaves
 * is found again at the next start.
 */
export class LeftoverJournals {
  readonly #options: LeftoverJournalsOptions;
  readonly #startedAtMs = performance.now();
  /** Resolves when there is nothing left. */
  readonly ingested: Promise<void>;
  readonly #stopping = new AbortController();
  #isDone = false;

  constructor(options: LeftoverJournalsOptions) {
    this.#options = options;
    this.ingested = this.#run();
  }

  /** As an ingester's: events that old may be missing in the database. */
  lagMs(): number {
    return this.#isDone ? 0 : performance.now() - this.#startedAtMs;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.ingested;
  }

  async #run(): Promise<void> {
    for (const folder of this.#options.folders) {
      while (!(await this.#tryToIngest(folder))) {
        await delay(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
        if (this.#stopping.signal.aborted) return;
      }
    }
    this.#isDone = true;
  }

  async #tryToIngest(folder: string): Promise<boolean> {
    const { logger, lockedFolder } = this.#options;
    try {
      const lock = folder === lockedFolder ? null : DataDirLock.acquire(folder);
      try {
        // Looked at under the lock: until then a process that is just ending may have written to it.
        const directory = journalFolder(folder);
        const isEmpty = !(await holdsEvents(directory)) || (await this.#ingest(directory));
        if (isEmpty) await removeJournal(directory);
        return isEmpty;
      } finally {
        lock?.release();
      }
    } catch (error) {
      logger.error('leftover_journal_not_ingested', { folder, error });
      return false;
    }
  }

  /** @returns false when it was stopped before the end. */
  async #ingest(directory: string): Promise<boolean> {
    const { logger, settings, createId } = this.#options;
    const journal = await FileEventJournal.open({ directory, logger, createId });
    const ingester = new ThreadedIngester({ journal, settings, logger, now: Date.now });
    ingester.start();
    const { signal } = this.#stopping;
    const isIngested = await new Promise<boolean>((resolve) => {
      void ingester.drain().then(() => resolve(true));
      signal.addEventListener('abort', () => resolve(false), { once: true });
      if (signal.aborted) resolve(false);
    });
    await ingester.stop();
    await journal.stop();
    if (isIngested) logger.info('leftover_journal_ingested', { directory });
    return isIngested;
  }
}

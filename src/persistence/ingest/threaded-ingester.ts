import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { within } from '../../concurrency/within';
import type { JournalSource } from '../../events/event-journal';
import type { Logger } from '../../events/logger';
import { Backlog } from './backlog';
import type { FromIngestThread, IngestSettings, ToIngestThread } from './ingest-protocol';

export interface ThreadedIngesterOptions {
  readonly journal: JournalSource;
  readonly settings: Omit<IngestSettings, 'journalId'>;
  readonly logger: Logger;
  readonly now: () => number;
  readonly threadPath?: string;
  readonly stopTimeoutMs?: number;
}

const defaultStopTimeoutMs = 5_000;
const [shortestPauseMs, longestPauseMs] = [100, 5_000];

/**
 * The ingester in a thread of its own, seen from the thread that serves. The thread may end at any moment: whatever it had not committed is read
 * again by the next one, from the checkpoint.
 */
export class ThreadedIngester {
  readonly #options: ThreadedIngesterOptions;
  readonly #threadPath: string;
  readonly #backlog: Backlog;
  #thread: Worker | null = null;
  #ended: Promise<void> = Promise.resolve();
  /** What the thread was shown last and has not finished; null: it waits for more. */
  #shown: number | null = null;
  #releasing: Promise<void> = Promise.resolve();
  #isStopping = false;
  #pauseMs = shortestPauseMs;
  #restart: NodeJS.Timeout | null = null;
  #endListening: () => void = () => {};

  constructor(options: ThreadedIngesterOptions) {
    this.#options = options;
    this.#threadPath = options.threadPath ?? join(__dirname, '../../ingest-thread.js');
    this.#backlog = new Backlog(options.now);
  }

  get isCaughtUp(): boolean {
    return this.#backlog.isEmpty;
  }

  /** Age of the oldest event of this journal that may not be in the database; 0 when all are. */
  lagMs(): number {
    return this.#backlog.ageMs();
  }

  start(): void {
    this.#endListening = this.#options.journal.onAppend(() => {
      this.#backlog.add();
      if (this.#shown === null) this.#show();
    });
    this.#launch();
  }

  /** Resolves when everything appended before the call is in the database. */
  drain(): Promise<void> {
    return this.#backlog.drained();
  }

  /** Ends after the transaction under way, or without it when that takes too long; what is left in the journal is ingested at the next start. */
  async stop(): Promise<void> {
    const { stopTimeoutMs = defaultStopTimeoutMs, logger } = this.#options;
    this.#isStopping = true;
    this.#endListening();
    if (this.#restart) clearTimeout(this.#restart);
    this.#post({ kind: 'stop' });
    if (!(await within(stopTimeoutMs, this.#ended))) {
      logger.warn('ingest_thread_cut_off', { lagMs: this.lagMs() });
      await this.#thread?.terminate();
    }
    await this.#releasing;
  }

  #launch(): void {
    const { settings, journal, logger } = this.#options;
    const thread = new Worker(this.#threadPath, { workerData: { ...settings, journalId: journal.journalId } satisfies IngestSettings });
    this.#thread = thread;
    thread.on('message', (message: FromIngestThread) => this.#hear(message));
    let cause: unknown;
    thread.on('error', (error: unknown) => {
      cause = error;
    });
    this.#ended = new Promise((resolve) => {
      thread.once('exit', (exitCode) => {
        this.#thread = null;
        if (!this.#isStopping) {
          logger.error('ingest_thread_lost', { exitCode, error: cause, restartInMs: this.#pauseMs, lagMs: this.lagMs() });
          this.#relaunchLater();
        }
        resolve();
      });
    });
    this.#show();
  }

  #relaunchLater(): void {
    this.#restart = setTimeout(() => this.#launch(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
  }

  #show(): void {
    this.#shown = this.#backlog.mark();
    this.#post({ kind: 'extents', segments: this.#options.journal.extents() });
  }

  #post(message: ToIngestThread): void {
    this.#thread?.postMessage(message);
  }

  #hear(message: FromIngestThread): void {
    const { journal, logger } = this.#options;
    switch (message.kind) {
      case 'ingested':
        this.#pauseMs = shortestPauseMs;
        if (this.#shown !== null) this.#backlog.done(this.#shown);
        this.#shown = null;
        if (!this.#backlog.isEmpty) this.#show();
        break;
      case 'released':
        this.#releasing = this.#releasing
          .then(() => journal.release(message.position, message.damaged))
          .catch((error: unknown) => logger.warn('journal_not_released', { error }));
        break;
      case 'log':
        logger[message.level](message.event, message.facts);
        break;
    }
  }
}

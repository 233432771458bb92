import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import { letGo, spawnWatched, type WatchedCommand } from './watched-process';

/** Recovery after a crash replays at most a checkpoint's worth of log; longer than this is not a slow start but none. */
const startTimeoutMs = 120_000;
const stopTimeoutMs = 20_000;
const lastWordsMs = 500;
const wordsKept = 30;

/** One run of the PostgreSQL server process, from its start to its end. */
export class Postmaster {
  readonly #child: ChildProcess;
  readonly #words: string[] = [];
  /** Settles when the process has ended, with its exit code (null: by a signal). */
  readonly exited: Promise<number | null>;

  private constructor(child: ChildProcess, exited: Promise<number | null>) {
    this.#child = child;
    this.exited = exited;
  }

  /** Resolves when it accepts connections. @throws AppError DATABASE_UNAVAILABLE with PostgreSQL's own words. */
  static async start(command: WatchedCommand, logger: Logger): Promise<Postmaster> {
    const child = spawnWatched(command);
    const exited = new Promise<number | null>((resolve) => {
      child.once('exit', resolve);
      // There was no process to exit: /bin/sh could not be started.
      child.once('error', () => resolve(null));
    });
    const postmaster = new Postmaster(child, exited);
    const timeout = new AbortController();
    try {
      const outcome = await Promise.race([
        postmaster.#ready(logger),
        exited,
        delay(startTimeoutMs, 'late' as const, { signal: timeout.signal }),
      ]);
      if (outcome === 'ready') return postmaster;
      // Its last words may arrive after its end; a child of it that lives on would keep the pipe open for ever.
      await Promise.race([once(child, 'close'), delay(lastWordsMs, undefined, { signal: timeout.signal })]);
      throw new AppError('DATABASE_UNAVAILABLE', `The embedded database did not start: ${postmaster.#reason(outcome)}`);
    } catch (error) {
      await postmaster.stop();
      throw error;
    } finally {
      timeout.abort();
    }
  }

  /** Fast shutdown; one that hangs is ended the hard way (the next start recovers from the log). */
  async stop(): Promise<void> {
    letGo(this.#child);
    const timeout = new AbortController();
    const late = delay(stopTimeoutMs, true, { signal: timeout.signal }).catch(() => false);
    const isLate = await Promise.race([this.exited.then(() => false), late]);
    timeout.abort();
    if (!isLate) return;
    signal(-(this.#child.pid ?? 0), 'SIGQUIT');
    await this.exited;
  }

  #ready(logger: Logger): Promise<'ready'> {
    return new Promise((resolve) => {
      createInterface({ input: this.#child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
        this.#words.push(line);
        if (this.#words.length > wordsKept) this.#words.shift();
        logger.debug('embedded_database_says', { line });
        if (line.includes('ready to accept connections')) resolve('ready');
      });
    });
  }

  /** The reason comes before the good-byes, so the last line is rarely it. */
  #reason(outcome: number | null | 'late'): string {
    if (outcome === 'late') return `no answer within ${startTimeoutMs / 1000} s.`;
    const complaint = this.#words.findLast((line) => /FATAL|PANIC|ERROR|error|cannot|could not/.test(line));
    return complaint ?? this.#words.at(-1) ?? `exit code ${outcome ?? 'unknown'}`;
  }
}

/** @returns false when there is no such process any more. @throws AppError DATABASE_UNAVAILABLE when it belongs to somebody else. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  if (pid === 0) return false;
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `The database of an earlier run (pid ${pid}) belongs to another user. End it, then start again.`,
      {
        cause: error,
      },
    );
  }
}

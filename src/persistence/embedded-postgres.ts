import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import { clusterFolder, databaseUser, initialiseCluster, runningPostmaster } from './embedded-cluster';
import { locatePostgres } from './postgres-binaries';
import { choosePostgresUser, give, type PostgresUser } from './postgres-user';

/** Connection options as `pg` takes them. */
export interface EmbeddedConnection {
  /** The folder of the unix socket. */
  readonly host: string;
  readonly user: string;
  readonly database: string;
}

/**
 * The watch over the database: a shell that holds fd 3, a pipe from this process. When the pipe ends, this process is gone, also by
 * kill -9, and PostgreSQL gets a fast shutdown. `$0` is the socket's folder, which is removed at the end.
 */
const watch = [
  '"$@" & p=$!',
  'trap "kill -INT $p 2>/dev/null" TERM INT',
  '(cat >/dev/null; kill -INT $p 2>/dev/null) <&3 & w=$!',
  'exec 3<&-',
  'wait $p; r=$?',
  'kill $w 2>/dev/null',
  'rm -f "$0"/.s.PGSQL.*; rmdir "$0" 2>/dev/null',
  'exit $r',
].join('\n');

const settings = ['listen_addresses=', 'unix_socket_permissions=0700', 'shared_buffers=64MB', 'max_connections=40', 'jit=off'];

const startTries = 5;
const takeOverTimeoutMs = 30_000;
const restartsPerRun = 5;

/** Real PostgreSQL for a machine that has none: started, watched, restarted and stopped with this process. */
export class EmbeddedPostgres {
  readonly #logger: Logger;
  readonly #user: PostgresUser;
  readonly #folder: string;
  readonly #socketFolder: string;
  #process: ChildProcess | null = null;
  #isStopping = false;
  #restarts = 0;

  private constructor(dataDir: string, logger: Logger) {
    this.#logger = logger;
    this.#user = choosePostgresUser(locatePostgres());
    this.#folder = clusterFolder(dataDir, this.#user);
    // In the temporary folder: the path of a socket may have 107 bytes, and projects lie deeper than that.
    this.#socketFolder = mkdtempSync(join(tmpdir(), 'touchstone-db-'));
    chmodSync(this.#socketFolder, 0o700);
    give(this.#socketFolder, this.#user);
  }

  /** @throws AppError DATABASE_UNAVAILABLE with a sentence when it cannot run here. */
  static async start({ dataDir, logger }: { readonly dataDir: string; readonly logger: Logger }): Promise<EmbeddedPostgres> {
    if (process.platform === 'win32')
      throw new AppError('DATABASE_UNAVAILABLE', 'The embedded database does not run on Windows. Set DATABASE_URL.');
    const database = new EmbeddedPostgres(dataDir, logger);
    initialiseCluster(database.#folder, database.#user, logger);
    await database.#endPredecessor();
    await database.#startWithRetries();
    logger.info('embedded_database_started', { folder: database.#folder });
    return database;
  }

  get connection(): EmbeddedConnection {
    return { host: this.#socketFolder, user: databaseUser, database: 'postgres' };
  }

  /** Fast shutdown; resolves when the process has gone. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.stdio[3]?.destroy();
    await gone;
  }

  /** A postmaster whose server was killed is shutting down, or an orphan; either way it must be gone before the next one. */
  async #endPredecessor(): Promise<void> {
    const deadlineMs = Date.now() + takeOverTimeoutMs;
    let asked: number | null = null;
    for (;;) {
      const pid = runningPostmaster(this.#folder);
      if (pid === null) return;
      if (pid !== asked) {
        this.#logger.warn('embedded_database_still_running', { pid });
        process.kill(pid, 'SIGINT');
        asked = pid;
      }
      if (Date.now() > deadlineMs)
        throw new AppError('DATABASE_UNAVAILABLE', `The database of an earlier run (pid ${pid}) does not end. End it, then start again.`);
      await delay(20);
    }
  }

  async #startWithRetries(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#startOnce();
        return;
      } catch (error) {
        // Right after a kill -9 of the postmaster its children may still hold the shared memory.
        if (attempt === startTries) throw error;
        await delay(200 * attempt);
      }
    }
  }

  #startOnce(): Promise<void> {
    const { prefix, owner, binaries } = this.#user;
    const options = [binaries.postgres, '-D', this.#folder, '-k', this.#socketFolder, ...settings.flatMap((setting) => ['-c', setting])];
    const child = spawn('/bin/sh', ['-c', watch, this.#socketFolder, ...prefix, ...options], {
      // Its own process group: Ctrl-C in the terminal must not reach the database before the server has finished with it.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      ...owner,
    });
    this.#process = child;
    // Writing to a pipe whose reader has gone is an error nobody needs to hear of.
    child.stdio[3]?.on('error', () => {});
    return new Promise((resolve, reject) => {
      const words: string[] = [];
      let isReady = false;
      createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
        words.push(line);
        if (words.length > 20) words.shift();
        this.#logger.debug('embedded_database_says', { line });
        if (line.includes('ready to accept connections')) {
          isReady = true;
          resolve();
        }
      });
      child.once('error', reject);
      child.once('exit', (code) => {
        if (isReady) this.#onExit(code);
        else reject(new AppError('DATABASE_UNAVAILABLE', `The embedded database did not start: ${words.at(-1) ?? `exit code ${code}`}`));
      });
    });
  }

  #onExit(code: number | null): void {
    if (this.#isStopping) return;
    this.#restarts++;
    this.#logger.error('embedded_database_lost', { code, restarts: this.#restarts });
    if (this.#restarts > restartsPerRun) return;
    this.#startWithRetries().then(
      () => this.#logger.info('embedded_database_restarted'),
      (error: unknown) => this.#logger.error('embedded_database_not_restarted', { error }),
    );
  }
}

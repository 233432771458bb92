import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import { clusterFolder, databaseUser, initialiseCluster } from './embedded-cluster';
import { locatePostgres } from './postgres-binaries';
import { choosePostgresUser, give, type PostgresUser } from './postgres-user';
import { Postmaster } from './postmaster';
import { endStrayPostmaster, socketFolderPrefix } from './stray-postmaster';

/** Connection options as `pg` takes them. */
export interface EmbeddedConnection {
  /** The folder of the unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export type DatabaseAddress = { readonly url: string } | EmbeddedConnection;

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly logger: Logger;
  /** Processes that connect. */
  readonly clients?: number;
}

/** Only names the socket: nothing listens on the network. */
const port = 5432;
/** Of a process at most: its pool, its migrations, its ingester and one for what another run left; and some to look in by. */
const [connectionsOfClient, connectionsBesides] = [16, 8];
const leastConnections = 40;
const settings = (clients: number) => [
  `port=${port}`,
  'listen_addresses=',
  'unix_socket_permissions=0700',
  'shared_buffers=64MB',
  `max_connections=${Math.max(leastConnections, connectionsOfClient * clients + connectionsBesides)}`,
  'jit=off',
  'timezone=UTC',
  'log_timezone=UTC',
];

const startTries = 5;
/** Between two tries, once it has died or failed to start many times in a row. */
const longestPauseMs = 30_000;
/** It is started again at once this often; from then on after a pause. */
const restartsInARow = 5;
/** A database that ran this long was not brought down by what the last restart did. */
const stableAfterMs = 60_000;
/** The path of a socket may have 107 bytes (104 on macOS), its name included. */
const longestSocketFolder = 80;

/** Real PostgreSQL for a machine that has none: started, watched, restarted and stopped with this process. */
export class EmbeddedPostgres {
  readonly #logger: Logger;
  readonly #user: PostgresUser;
  readonly #folder: string;
  readonly #settings: readonly string[];
  #socketFolder = '';
  readonly #stopping = new AbortController();
  #postmaster: Postmaster | null = null;
  #recovery: Promise<void> = Promise.resolve();
  #restarts = 0;
  #stable: NodeJS.Timeout | null = null;
  #stopped: Promise<void> | null = null;

  private constructor({ dataDir, logger, clients = 1 }: EmbeddedPostgresOptions) {
    this.#logger = logger;
    this.#user = choosePostgresUser(locatePostgres());
    this.#folder = clusterFolder(dataDir, this.#user);
    this.#settings = settings(clients);
  }

  /** @throws AppError DATABASE_UNAVAILABLE with a sentence when it cannot run here. */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    if (process.platform === 'win32')
      throw new AppError('DATABASE_UNAVAILABLE', 'The embedded database does not run on Windows. Set DATABASE_URL.');
    const database = new EmbeddedPostgres(options);
    try {
      await initialiseCluster(database.#folder, database.#user, options.logger);
      database.#socketFolder = makeSocketFolder(database.#user);
      await database.#launch();
    } catch (error) {
      await database.stop();
      throw error;
    }
    options.logger.info('embedded_database_started', { folder: database.#folder });
    return database;
  }

  get connection(): EmbeddedConnection {
    return { host: this.#socketFolder, port, user: databaseUser, database: 'postgres' };
  }

  /** Fast shutdown; resolves when the process has gone. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#stable) clearTimeout(this.#stable);
    await this.#recovery;
    await this.#postmaster?.stop();
    // The watch may have been killed, which leaves its postmaster without one.
    await endStrayPostmaster(this.#folder, this.#logger);
    if (this.#socketFolder) rmSync(this.#socketFolder, { recursive: true, force: true });
  }

  async #launch(): Promise<void> {
    const options = ['-D', this.#folder, '-k', this.#socketFolder, ...this.#settings.flatMap((setting) => ['-c', setting])];
    const command = { command: [this.#user.binaries.postgres, ...options], user: this.#user, socketFolder: this.#socketFolder };
    for (let attempt = 1; ; attempt++) {
      await endStrayPostmaster(this.#folder, this.#logger);
      this.#stopping.signal.throwIfAborted();
      remakeSocketFolder(this.#socketFolder, this.#user);
      try {
        const postmaster = await Postmaster.start(command, this.#logger);
        this.#postmaster = postmaster;
        void postmaster.exited.then((code) => this.#onExit(code));
        this.#stable = setTimeout(() => {
          this.#restarts = 0;
        }, stableAfterMs).unref();
        return;
      } catch (error) {
        if (attempt === startTries) throw error;
        // Right after a kill -9 of the postmaster its children may still hold the shared memory.
        await delay(200 * attempt, undefined, { signal: this.#stopping.signal });
      }
    }
  }

  #onExit(code: number | null): void {
    if (this.#stopping.signal.aborted) return;
    if (this.#stable) clearTimeout(this.#stable);
    this.#restarts++;
    this.#logger.error('embedded_database_lost', { code, restarts: this.#restarts });
    this.#recovery = this.#recover().catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) this.#logger.error('embedded_database_not_restarted', { error });
    });
  }

  /** Until it runs or the server stops; whoever waits longer for a full disk to be mended must not have to restart the server as well. */
  async #recover(): Promise<void> {
    for (let failures = 0; ; failures++) {
      const pauses = Math.max(0, this.#restarts - restartsInARow, failures);
      if (pauses > 0) await delay(Math.min(longestPauseMs, 1_000 * 2 ** pauses), undefined, { signal: this.#stopping.signal });
      try {
        await this.#launch();
        this.#logger.info('embedded_database_restarted', { restarts: this.#restarts });
        return;
      } catch (error) {
        this.#stopping.signal.throwIfAborted();
        this.#logger.error('embedded_database_not_restarted', { folder: this.#folder, error });
      }
    }
  }
}

function makeSocketFolder(user: PostgresUser): string {
  const base = tmpdir().length + socketFolderPrefix.length + 7 <= longestSocketFolder ? tmpdir() : '/tmp';
  const folder = mkdtempSync(join(base, socketFolderPrefix));
  chmodSync(folder, 0o700);
  give(folder, user);
  return folder;
}

/** What was let go took the folder with it; the address must stay the same. */
function remakeSocketFolder(folder: string, user: PostgresUser): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  give(folder, user);
}

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import { give, type PostgresUser } from './postgres-user';
import { spawnWatched } from './watched-process';

export const databaseUser = 'touchstone';

/** Where another user than this one can own a folder, however closed the project's own folder is. */
const sharedFolder = '/var/lib/touchstone';

/**
 * Where the cluster lies: in the data folder, or, when PostgreSQL's user cannot go there, in the system's folder for such things.
 * One that exists is found again when what root can do has changed meanwhile; a second, empty one would look like a loss.
 * @throws AppError DATABASE_UNAVAILABLE when it exists where its user can no longer go.
 */
export function clusterFolder(dataDir: string, user: PostgresUser): string {
  const folder = join(resolve(dataDir), 'postgres');
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  if (user.prefix.length === 0 && !user.owner) return folder;
  const elsewhere = join(sharedFolder, folder.replaceAll('/', '_'), 'postgres');
  const [isHere, isElsewhere] = [holdsCluster(folder), holdsCluster(elsewhere)];
  if (isElsewhere && !isHere) return elsewhere;
  if (canEnter(dirname(folder), user)) return folder;
  if (isHere && !isElsewhere)
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `The database in ${folder} cannot be reached by the user that runs it in root's place. Start as an ordinary user, or move the folder to ${elsewhere}.`,
    );
  mkdirSync(dirname(elsewhere), { recursive: true, mode: 0o755 });
  return elsewhere;
}

function canEnter(folder: string, { prefix, owner }: PostgresUser): boolean {
  const [command = '', ...rest] = [...prefix, 'test', '-x', folder];
  try {
    execFileSync(command, rest, { ...owner, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Makes the cluster when there is none. A kill in the middle leaves nothing that looks like one: it is made beside, then renamed. */
export async function initialiseCluster(folder: string, user: PostgresUser, logger: Logger): Promise<void> {
  removeUnfinished(folder, logger);
  if (holdsCluster(folder)) {
    give(folder, user);
    return;
  }
  const unfinished = `${folder}.unfinished-${randomUUID()}`;
  mkdirSync(unfinished, { recursive: true });
  chmodSync(unfinished, 0o700);
  give(unfinished, user);
  await initdb(unfinished, user);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new AppError('DATABASE_UNAVAILABLE', `${folder} exists but holds no PostgreSQL database. Move it away, then start again.`, {
      cause: error,
    });
  }
  syncFolder(dirname(folder));
  logger.info('embedded_database_made', { folder });
}

function holdsCluster(folder: string): boolean {
  try {
    return statSync(join(folder, 'PG_VERSION')).isFile();
  } catch (error) {
    // Only its owner may look inside a cluster: one that cannot be looked into is another user's.
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

async function initdb(folder: string, user: PostgresUser): Promise<void> {
  const options = [
    '-U',
    databaseUser,
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  const child = spawnWatched({ command: [user.binaries.initdb, '-D', folder, ...options], user, socketFolder: null });
  const words = text(child.stderr as NodeJS.ReadableStream).catch(() => '');
  // Rejects when /bin/sh could not even be started.
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === 0) return;
  const lines = (await words).trim().split('\n');
  rmSync(folder, { recursive: true, force: true });
  const reason = lines.find((line) => /error|fatal|could not/i.test(line)) ?? lines.at(-1);
  throw new AppError('DATABASE_UNAVAILABLE', `The embedded database could not be made beside ${folder}: ${reason}`);
}

/** What a kill during `initdb` left behind. Its `initdb` may be dying just now; what cannot go yet goes at the next start. */
function removeUnfinished(folder: string, logger: Logger): void {
  for (const name of readdirSync(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.unfinished-`)) continue;
    try {
      rmSync(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 2, retryDelay: 50 });
    } catch (error) {
      logger.warn('unfinished_database_not_removed', { name, error });
    }
  }
}

/** The rename itself must survive a power cut: what is written afterwards lies under the new name only. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

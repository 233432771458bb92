import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import { give, type PostgresUser } from './postgres-user';

export const databaseUser = 'touchstone';

/** Where the cluster lies: in the data folder, or, when another user than root must own it, where that user can go. */
export function clusterFolder(dataDir: string, user: PostgresUser): string {
  const folder = join(dataDir, 'postgres');
  if (!user.owner || canEnter(dirname(folder), user)) return folder;
  return join('/var/lib/touchstone', folder.replaceAll('/', '_'), 'postgres');
}

function canEnter(folder: string, { owner }: PostgresUser): boolean {
  if (!owner) return true;
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync('test', ['-x', folder], { ...owner, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Makes the cluster when there is none. A kill in the middle leaves nothing that looks like one: it is made beside, then renamed. */
export function initialiseCluster(folder: string, user: PostgresUser, logger: Logger): void {
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  chmodSync(unfinished, 0o700);
  give(unfinished, user);
  const [command = '', ...options] = [
    ...user.prefix,
    user.binaries.initdb,
    '-D',
    unfinished,
    '-U',
    databaseUser,
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  try {
    execFileSync(command, options, { stdio: ['ignore', 'ignore', 'pipe'], ...user.owner });
  } catch (error) {
    const words = (error as { stderr?: Buffer }).stderr?.toString().trim().split('\n').at(-1) ?? '';
    throw new AppError('DATABASE_UNAVAILABLE', `The embedded database could not be made in ${folder}: ${words}`, { cause: error });
  }
  renameSync(unfinished, folder);
  logger.info('embedded_database_made', { folder });
}

/**
 * The pid of a postmaster that still runs on the folder, null when none does. It is one whose server was killed: its watch is
 * ending it, or was killed too.
 */
export function runningPostmaster(folder: string): number | null {
  let pid: number;
  try {
    pid = Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  } catch {
    return null;
  }
  return Number.isInteger(pid) && pid > 0 && commandLine(pid).includes(folder) ? pid : null;
}

/** Empty when there is no such process (the number may have gone to somebody else, which the folder in the line tells). */
function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

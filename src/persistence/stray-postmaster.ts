import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import { signal } from './postmaster';

/** How the folders begin that are made for the socket, in the system's temporary folder. */
export const socketFolderPrefix = 'touchstone-db-';
const patienceMs = 10_000;
const pollMs = 20;

/**
 * Ends a postmaster that still runs on `folder`. Its server was killed: its watch is ending it at this moment, or was killed too.
 * It is not adopted, because nothing would end it when this process is killed in turn.
 */
export async function endStrayPostmaster(folder: string, logger: Logger): Promise<void> {
  const socketFolder = runningPostmaster(folder) === null ? null : readStatus(folder)[4];
  await end(folder, logger);
  // Its watch would have removed the folder that an earlier run made for the socket.
  if (socketFolder && basename(socketFolder).startsWith(socketFolderPrefix)) rmSync(socketFolder, { recursive: true, force: true });
}

async function end(folder: string, logger: Logger): Promise<void> {
  // Each step is harder than the one before; after SIGQUIT PostgreSQL recovers from its log at the next start.
  for (const name of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    const pid = runningPostmaster(folder);
    if (pid === null) return;
    logger.warn('embedded_database_still_running', { pid, signal: name });
    if (signal(pid, name) && (await hasEnded(folder))) return;
  }
  const pid = runningPostmaster(folder);
  if (pid === null) return;
  throw new AppError('DATABASE_UNAVAILABLE', `The database of an earlier run (pid ${pid}) does not end. End it, then start again.`);
}

async function hasEnded(folder: string): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    if (runningPostmaster(folder) === null) return true;
    await delay(pollMs);
  }
  return false;
}

/** The pid of the postmaster that runs on the folder, null when none does. */
function runningPostmaster(folder: string): number | null {
  const pid = Number(readStatus(folder)[0]);
  return Number.isInteger(pid) && pid > 0 && isPostmasterOf(folder, pid) ? pid : null;
}

/** The lines that a postmaster keeps about itself: pid, data folder, start, port, socket folder ... */
function readStatus(folder: string): readonly string[] {
  try {
    return readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** The file outlives a kill -9 of the postmaster, and the number may have gone to somebody else: the command line tells. */
function isPostmasterOf(folder: string, pid: number): boolean {
  try {
    if (process.platform === 'linux') {
      const [command = '', ...options] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return basename(command) === 'postgres' && options.includes(folder);
    }
    const line = execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return line.includes('postgres') && line.includes(folder);
  } catch {
    return false;
  }
}

import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors';

interface Holder {
  readonly pid: number;
  /** When that process started, as the system counts it: tells a reused pid from the process itself. */
  readonly startedAt: string;
}

/** Long enough for a server that was killed this moment to be gone. */
const patienceSeconds = 1;
const conflictExitCode = 75;

/**
 * One running server per data folder: its journal has one writer, its database one supervisor. The lock is the system's own (`flock`),
 * so that it ends with its process however that ends, and holds between containers that share the folder. Where the system has no
 * `flock` command (macOS), the process named in the file decides.
 */
export class DataDirLock {
  readonly #descriptor: number;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** @throws AppError CONFLICT naming the pid of the server that has the folder. */
  static acquire(dataDir: string): DataDirLock {
    const file = join(dataDir, 'lock');
    const descriptor = openLockFile(dataDir, file);
    const holder = readHolder(file);
    if (!isFree(descriptor, holder)) {
      closeSync(descriptor);
      const who = holder ? `Another Touchstone (pid ${holder.pid})` : 'Another Touchstone';
      throw new AppError('CONFLICT', `${who} uses ${dataDir}. Stop it, or set DATA_DIR to another folder.`);
    }
    ftruncateSync(descriptor);
    writeSync(descriptor, JSON.stringify({ pid: process.pid, startedAt: processStart(process.pid) } satisfies Holder));
    return new DataDirLock(descriptor);
  }

  /** The file stays: removing it could take the lock from the one who got it next. */
  release(): void {
    ftruncateSync(this.#descriptor);
    closeSync(this.#descriptor);
  }
}

function openLockFile(dataDir: string, file: string): number {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return openSync(file, 'a+', 0o600);
  } catch (error) {
    throw new AppError('CONFLICT', `DATA_DIR ${dataDir} cannot be made or written. Set DATA_DIR to a folder that this user may write.`, {
      cause: error,
    });
  }
}

/** Takes the lock when it can be had. The lock belongs to the open file, which `flock` shares with this process and leaves locked. */
function isFree(descriptor: number, holder: Holder | null): boolean {
  const options = ['--exclusive', '--wait', String(patienceSeconds), '--conflict-exit-code', String(conflictExitCode), '3'];
  const { status } = spawnSync('flock', options, { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
  if (status === 0) return true;
  if (status === conflictExitCode) return false;
  return holder === null || processStart(holder.pid) !== holder.startedAt;
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

/** Start time of a process, empty when there is none: in clock ticks since boot (Linux), else as `ps` writes it. */
function processStart(pid: number): string {
  try {
    if (process.platform !== 'linux') return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    // Fields are counted after the name in parentheses, which may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? '' : (fields[18] ?? '');
  } catch {
    return '';
  }
}

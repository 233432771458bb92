import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors';

interface Holder {
  readonly pid: number;
  /** When that process started, as the system counts it: tells a reused pid from the process itself. */
  readonly startedAt: string;
}

/** One running server per data folder: its journal has one writer, its database one supervisor. */
export class DataDirLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** @throws AppError CONFLICT naming the pid of the server that has the folder. */
  static acquire(dataDir: string): DataDirLock {
    try {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new AppError('CONFLICT', `DATA_DIR ${dataDir} cannot be made or written. Set DATA_DIR to a folder that this user may write.`, {
        cause: error,
      });
    }
    const file = join(dataDir, 'lock');
    for (let attempt = 0; attempt < 3; attempt++) {
      if (create(file)) return new DataDirLock(file);
      const holder = readHolder(file);
      if (holder && processStart(holder.pid) === holder.startedAt) {
        throw new AppError(
          'CONFLICT',
          `Another Touchstone (pid ${holder.pid}) uses ${dataDir}. Stop it, or set DATA_DIR to another folder.`,
        );
      }
      // Its holder was killed: whoever comes next takes over.
      rmSync(file, { force: true });
    }
    throw new AppError('CONFLICT', `The lock of ${dataDir} could not be taken: others start at the same moment. Try again.`);
  }

  release(): void {
    rmSync(this.#file, { force: true });
  }
}

/** False: the file exists. */
function create(file: string): boolean {
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, JSON.stringify({ pid: process.pid, startedAt: processStart(process.pid) } satisfies Holder));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

/** Start time of a process in clock ticks since boot (Linux), else only whether it lives; empty: no such process. */
function processStart(pid: number): string {
  if (process.platform === 'linux') {
    try {
      // Fields are counted after the name in parentheses, which may hold anything.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state === 'Z' ? '' : (fields[18] ?? '');
    } catch {
      return '';
    }
  }
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch {
    return '';
  }
}

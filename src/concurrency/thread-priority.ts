import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/**
 * Makes the calling thread nicer to the others where cores are scarce. Linux schedules threads, so there a thread has a priority of its own;
 * elsewhere a priority is the process's, and nothing is done. @returns whether anything was.
 */
export function lowerThreadPriority(niceness: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    // `<pid>/task/<tid>`: the one name of a thread that Node gives away, since a synchronous call runs on the thread that makes it.
    const threadId = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(threadId, niceness);
    return true;
  } catch {
    // No /proc, or not allowed: it is a courtesy, not a need.
    return false;
  }
}

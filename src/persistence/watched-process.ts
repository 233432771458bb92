import { type ChildProcess, spawn } from 'node:child_process';
import type { PostgresUser } from './postgres-user';

/**
 * The watch: a shell that holds fd 3, a pipe from this process. When the pipe ends, this process let go or is gone, also by kill -9;
 * the command then gets SIGINT (for PostgreSQL a fast shutdown) and `$0`, the folder of its socket, is removed.
 * LC_ALL: without it PostgreSQL on macOS takes the locale from the system, becomes multithreaded and refuses to go on.
 */
const watch = [
  'export LC_ALL=C',
  '"$@" & p=$!',
  'trap "kill -INT $p 2>/dev/null" TERM INT',
  'trap "over=1; kill -INT $p 2>/dev/null" USR1',
  '(cat >/dev/null; kill -USR1 $$ 2>/dev/null) <&3 & w=$!',
  'exec 3<&-',
  'wait $p; r=$?',
  // A trap ends `wait` early: the command is still shutting down then.
  'while kill -0 $p 2>/dev/null; do wait $p; r=$?; done',
  'kill $w 2>/dev/null',
  'if [ -n "$over" ] && [ -d "$0" ]; then rm -rf -- "$0"; fi',
  'exit $r',
].join('\n');

const lifeline = 3;

export interface WatchedCommand {
  readonly command: readonly string[];
  readonly user: PostgresUser;
  /** Removed with the process once this side lets go; null: nothing to remove. */
  readonly socketFolder: string | null;
}

/** Starts a command that cannot outlive this process. Its stderr is a pipe, its stdout goes nowhere. */
export function spawnWatched({ command, user, socketFolder }: WatchedCommand): ChildProcess {
  const child = spawn('/bin/sh', ['-c', watch, socketFolder ?? '', ...user.prefix, ...command], {
    // Its own process group: Ctrl-C in the terminal must not reach the database before the server has finished with it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    ...user.owner,
  });
  // The other side of the pipe going away is no error: that is how the command ends.
  child.stdio[lifeline]?.on('error', () => {});
  // What is left of a watch that ended by itself waits for this.
  child.once('exit', () => letGo(child));
  return child;
}

/** Ends the command in its own good way. */
export function letGo(child: ChildProcess): void {
  child.stdio[lifeline]?.destroy();
}

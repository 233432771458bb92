import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const root = join(__dirname, '../..');

export interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** The real server as a process of its own, on a data folder of its own, seen from outside. */
export class Server {
  readonly dataDir: string;
  readonly #environment: Record<string, string>;
  #child: ChildProcess | null = null;
  #url = '';
  #metricsUrl = '';
  #words = '';

  constructor(environment: Record<string, string> = {}, dataDir = mkdtempSync(join(tmpdir(), 'touchstone-acceptance-'))) {
    this.dataDir = dataDir;
    this.#environment = environment;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }
  get url(): string {
    return this.#url;
  }
  get metricsUrl(): string {
    return this.#metricsUrl;
  }
  /** What it said on stderr. */
  get words(): string {
    return this.#words;
  }

  /** Resolves when it says that it is ready. @returns everything it wrote to stdout until then. */
  async start(): Promise<string> {
    const child = this.#spawn();
    let output = '';
    const ready = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        output += `${line}\n`;
        const match = /^Touchstone ready at (\S+) \(pid \d+, metrics (\S+)\)$/.exec(line);
        if (!match) return;
        this.#url = match[1] as string;
        this.#metricsUrl = match[2] as string;
        resolve();
      });
    });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`The server ended before it was ready: ${this.#words.slice(-2000)}`);
    });
    await Promise.race([ready, ended]);
    ended.catch(() => {});
    return output;
  }

  /** For starts that must fail. @returns its exit code. */
  async startAndFail(): Promise<number | null> {
    const child = this.#spawn();
    await once(child, 'close');
    return child.exitCode;
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  /** Ends it in order and removes its data. */
  async remove(): Promise<void> {
    await this.kill('SIGTERM');
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  async request(query: string, variables: object = {}): Promise<Answer> {
    const response = await fetch(`${this.#url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  }

  /** The data of an operation that must succeed. */
  async data<T>(query: string, variables: object = {}): Promise<T> {
    const { data, errors } = await this.request(query, variables);
    if (errors || !data) throw new Error(JSON.stringify(errors));
    return data as T;
  }

  #spawn(): ChildProcess {
    this.#words = '';
    const child = spawn(process.execPath, [join(root, 'dist/src/main.js')], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'warn', DATA_DIR: this.dataDir, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#words += chunk.toString();
    });
    this.#child = child;
    return child;
  }
}

/** Asks again until the answer is good or the time is over; then the last answer is returned for the test to judge. */
export async function eventually<T>(ask: () => Promise<T>, isGood: (answer: T) => boolean, timeoutMs = 15_000): Promise<T> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isGood(answer) || Date.now() > deadlineMs) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface HeldOut {
  readonly file: string;
  readonly label: number;
  readonly image: string;
}

/** The half of the digits that nothing was trained on; images as base64. */
export function heldOutDigits(): readonly HeldOut[] {
  const folder = join(root, 'demo/data/digits');
  const [, ...rows] = readFileSync(join(folder, 'labels.csv'), 'utf8').trim().split(/\r?\n/);
  return rows.map((row) => {
    const [file, label] = row.split(',') as [string, string];
    return { file, label: Number(label), image: readFileSync(join(folder, 'images', file)).toString('base64') };
  });
}

/** Processes whose command line names the folder: a database that outlived its server would be one. */
export function processesNaming(folder: string): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(folder) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Pids of the serving processes that a primary has now. */
export function servingProcesses(primaryPid: number): readonly number[] {
  return processesNaming('serving-process.js').filter((pid) => parentOf(pid) === primaryPid);
}

export function isAlive(pid: number): boolean {
  return parentOf(pid) !== null;
}

function parentOf(pid: number): number | null {
  try {
    // Counted after the name in parentheses, which may hold anything. A zombie has ended.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : Number(parent);
  } catch {
    return null;
  }
}

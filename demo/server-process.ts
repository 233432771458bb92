import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The server of the demo: the real one, on a data folder of its own that is removed at the end. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #dataDir: string;
  readonly #ended: Promise<void>;

  constructor() {
    this.#dataDir = mkdtempSync(join(tmpdir(), 'touchstone-demo-'));
    this.#child = spawn(process.execPath, [join(__dirname, '../src/main.js')], {
      // Its own process group: Ctrl-C reaches the demo only, which then stops the server in order.
      detached: true,
      env: { LOG_LEVEL: 'warn', ...process.env, DATA_DIR: this.#dataDir },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#ended = new Promise((resolve) => this.#child.once('exit', () => resolve()));
  }

  /** @returns the base URL, once the server says that it is ready. */
  async ready(): Promise<string> {
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    const url = new Promise<string>((resolve) => {
      lines.on('line', (line) => {
        const match = /^Touchstone ready at (\S+)/.exec(line);
        if (match?.[1]) resolve(match[1].replace(/\/$/, ''));
      });
    });
    const failed = this.#ended.then(() => {
      throw new Error('The server ended before it was ready; its last words are above.');
    });
    return Promise.race([url, failed]);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

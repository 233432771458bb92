import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { LoopDelayAnswer } from './loop-watch';

const loopWatch = join(__dirname, 'loop-watch.js');
const stopMs = 15_000;
const loopAnswerMs = 2000;
const keptWords = 2000;

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Where it runs; default: here. */
  readonly folder?: string;
  /** The line that it writes when it is ready; its first group is the port. */
  readonly readyLine: RegExp;
}

/** A Node program with the loop watch in it. */
export function nodeServer(script: string, environment: NodeJS.ProcessEnv, readyLine: RegExp): ServerCommand {
  return {
    command: process.execPath,
    args: ['--require', loopWatch, script],
    environment: { ...environment, BENCH_PID: String(process.pid) },
    readyLine,
  };
}

/** A server that says on stdout or stderr when it is ready, and that ends on SIGTERM. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #readyLine: RegExp;
  #words = '';

  constructor({ command, args, environment, folder = process.cwd(), readyLine }: ServerCommand) {
    // A process group of its own: Ctrl-C reaches the bench only, which then stops everything in order.
    this.#child = spawn(command, args, { detached: true, cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#readyLine = readyLine;
    this.#ended = Promise.race([once(this.#child, 'exit'), once(this.#child, 'error')]).catch((error: unknown) => {
      this.#words += String(error);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** @returns its port. */
  async ready(): Promise<number> {
    const port = new Promise<number>((resolve) => {
      for (const stream of [this.#child.stdout, this.#child.stderr]) {
        createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => {
          // Only until it is ready: some log every request.
          if (this.#words.length < keptWords) this.#words += `${line}\n`;
          const match = this.#readyLine.exec(line);
          if (match) resolve(Number(match[1]));
        });
      }
    });
    const failed = this.#ended.then(() => {
      throw new Error(`it ended before it was ready: ${this.#words.trim().slice(-keptWords) || 'without a word'}`);
    });
    return Promise.race([port, failed]);
  }

  async takeLoopDelayMs(): Promise<number | null> {
    if (!this.#child.connected) return null;
    const answer = once(this.#child, 'message') as Promise<[LoopDelayAnswer]>;
    this.#child.send('take-loop-delay');
    return Promise.race([answer.then(([{ p99Ms }]) => p99Ms), delay(loopAnswerMs, null, { ref: false })]);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const isEnded = await Promise.race([this.#ended.then(() => true), delay(stopMs, false, { ref: false })]);
    if (isEnded) return;
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Logger } from '../events/logger';
import type { FromServingProcess, ToServingProcess } from './group-messages';

export interface ProcessSeatOptions<Task> {
  /** What the process runs. */
  readonly script: string;
  /** From 1 on: names the seat in the log. */
  readonly place: number;
  readonly task: Task;
  readonly logger: Logger;
  /** Connections can be given (again). */
  readonly onRoom: () => void;
  /** No more can: it ends soon. */
  readonly onClosing: () => void;
  /** A process of this seat has gone for good; `processId` is never used again. */
  readonly onGone: (processId: string) => void;
}

/** Connections on their way to the process: a few, so that none waits for the next message; no more, because a stuck process takes none. */
const maxUntaken = 8;
const [shortestPauseMs, longestPauseMs] = [100, 5_000];

/** One place of the group: a serving process and, whenever it ends without having been asked to, the next one. */
export class ProcessSeat<Task> {
  readonly #options: ProcessSeatOptions<Task>;
  #child: ChildProcess | null = null;
  #generation = 0;
  #isOpen = false;
  /** Given and not taken: this process holds on to them, so that they end when the other one does. */
  #untaken: Socket[] = [];
  #connections = 0;
  #ended: Promise<void> = Promise.resolve();
  #pauseMs = shortestPauseMs;
  #restart: NodeJS.Timeout | null = null;
  #isStopping = false;
  #askId = 0;
  readonly #asked = new Map<number, (metrics: readonly object[] | null) => void>();

  constructor(options: ProcessSeatOptions<Task>) {
    this.#options = options;
  }

  /** Names the process that sits here, null while there is none. */
  get processId(): string | null {
    return this.#child && `${this.#options.place}.${this.#generation}`;
  }

  /** For a connection. */
  get hasRoom(): boolean {
    return this.#isOpen && this.#untaken.length < maxUntaken;
  }

  /** How many it has been given that have not ended. */
  get connections(): number {
    return this.#connections;
  }

  /**
   * The first process of the seat; from then on it is replaced. Resolves when it serves.
   * @throws Error with a sentence for the operator, when it ends before it is ready.
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#launch(resolve, (sentence) => {
        this.#isStopping = true;
        reject(new Error(sentence));
      });
    });
  }

  give(socket: Socket): void {
    this.#connections++;
    this.#untaken.push(socket);
    // An error: the process is just ending, and its connections with it.
    this.#child?.send({ kind: 'connection' } satisfies ToServingProcess<Task>, socket, { keepOpen: true }, () => {});
  }

  /** Null when they cannot be had or the process ends first. Of one that is stuck, no answer comes. */
  askMetrics(): Promise<readonly object[] | null> {
    return new Promise((resolve) => {
      const askId = ++this.#askId;
      this.#asked.set(askId, resolve);
      this.#post({ kind: 'metrics', askId });
    });
  }

  /** Resolves when the process has drained and gone. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    this.#post({ kind: 'stop' });
    await this.#ended;
  }

  /** Ends the process as it is. */
  kill(): void {
    this.#isStopping = true;
    this.#child?.kill('SIGKILL');
  }

  #launch(onReady: () => void, onUnready: (sentence: string) => void): void {
    const { script, task, place } = this.#options;
    // Nothing but the primary's one line goes to stdout.
    const child = fork(script, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child = child;
    this.#generation++;
    let isReady = false;
    let sentences: readonly string[] = [];
    child.on('message', (message: FromServingProcess) => {
      if (this.#child !== child) return;
      if (message.kind === 'failed') sentences = message.sentences;
      else if (message.kind !== 'ready') this.#hear(message);
      else {
        isReady = true;
        this.#pauseMs = shortestPauseMs;
        this.#isOpen = true;
        onReady();
        this.#options.onRoom();
      }
    });
    this.#ended = new Promise((resolve) => {
      const end = (reason: string) => {
        if (this.#child !== child) return;
        this.#clear();
        if (!isReady) onUnready(sentences.join('\n') || `Serving process ${place} ended before it was ready (${reason}).`);
        if (!this.#isStopping) this.#replace({ pid: child.pid, reason, sentences });
        resolve();
      };
      // Not `exit`, which may come before the last messages.
      child.once('close', (exitCode, signal) => end(signal ?? `code ${exitCode}`));
      // Without a pid it never ran (the system has no room for it); any other error is of a message to a process that is just ending.
      child.on('error', (error) => child.pid === undefined && end(error.message));
    });
    this.#post({ kind: 'serve', task });
  }

  #hear(message: Exclude<FromServingProcess, { readonly kind: 'ready' | 'failed' }>): void {
    switch (message.kind) {
      case 'taken':
        // Closes this end only.
        this.#untaken.shift()?.destroy();
        this.#options.onRoom();
        break;
      case 'ended':
        this.#connections--;
        break;
      case 'closing':
        this.#isOpen = false;
        this.#post({ kind: 'closed' });
        this.#options.onClosing();
        break;
      case 'metrics':
        this.#asked.get(message.askId)?.(message.metrics);
        this.#asked.delete(message.askId);
        break;
    }
  }

  #clear(): void {
    const gone = this.processId;
    this.#child = null;
    this.#isOpen = false;
    this.#connections = 0;
    // Not given to another: who knows how much of them was read.
    for (const socket of this.#untaken.splice(0)) socket.destroy();
    for (const resolve of this.#asked.values()) resolve(null);
    this.#asked.clear();
    if (gone !== null) this.#options.onGone(gone);
  }

  #replace(facts: object): void {
    const { logger, place } = this.#options;
    logger.error('serving_process_lost', { place, ...facts, restartInMs: this.#pauseMs });
    const onReady = () => logger.info('serving_process_replaced', { place, pid: this.#child?.pid });
    this.#restart = setTimeout(() => {
      try {
        // One that does not become ready: its end is logged, and the next try comes later.
        this.#launch(onReady, () => {});
      } catch (error) {
        this.#replace({ reason: String(error) });
      }
    }, this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
  }

  #post(message: ToServingProcess<Task>): void {
    if (this.#child?.connected) this.#child.send(message);
  }
}

import cluster, { type Worker } from 'node:cluster';
import type { Logger } from '../events/logger';
import type { FromServingProcess, ToServingProcess } from './group-messages';

export interface ProcessSeatOptions<Task> {
  /** From 1 on: names the seat in the log. */
  readonly place: number;
  readonly task: Task;
  readonly logger: Logger;
  /** A process of this seat has gone for good; `processId` is never used again. */
  readonly onGone: (processId: number) => void;
}

const [shortestPauseMs, longestPauseMs] = [100, 5_000];

/** One place of the group: a serving process and, whenever it ends without having been asked to, the next one. */
export class ProcessSeat<Task> {
  readonly #options: ProcessSeatOptions<Task>;
  #worker: Worker | null = null;
  #ended: Promise<void> = Promise.resolve();
  #pauseMs = shortestPauseMs;
  #restart: NodeJS.Timeout | null = null;
  #isStopping = false;
  #askId = 0;
  readonly #asked = new Map<number, (metrics: readonly object[] | null) => void>();

  constructor(options: ProcessSeatOptions<Task>) {
    this.#options = options;
  }

  /** The number of the process that sits here, null while there is none. */
  get processId(): number | null {
    return this.#worker?.id ?? null;
  }

  /**
   * The first process of the seat; from then on it is replaced.
   * @returns the address that it serves at. @throws Error with a sentence for the operator, when it ends before it is ready.
   */
  start(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#launch(resolve, (sentence) => {
        this.#isStopping = true;
        reject(new Error(sentence));
      });
    });
  }

  /** Null when the process ends first. Of one that is stuck, no answer comes. */
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
    this.#worker?.process.kill('SIGKILL');
  }

  #launch(onReady: (url: string) => void, onUnready: (sentence: string) => void): void {
    const { place, logger, onGone, task } = this.#options;
    const worker = cluster.fork();
    this.#worker = worker;
    let isReady = false;
    let sentences: readonly string[] = [];
    worker.on('message', (message: FromServingProcess) => {
      if (message.kind === 'metrics') this.#answer(message);
      else if (message.kind === 'failed') sentences = message.sentences;
      else {
        isReady = true;
        this.#pauseMs = shortestPauseMs;
        onReady(message.url);
      }
    });
    // A message to a process that is just ending: its exit says the rest.
    worker.on('error', (error) => logger.debug('serving_process_unreachable', { place, error }));
    this.#ended = new Promise((resolve) => {
      worker.once('exit', (exitCode, signal) => {
        this.#worker = null;
        for (const resolve of this.#asked.values()) resolve(null);
        this.#asked.clear();
        onGone(worker.id);
        const reason = signal || `code ${exitCode}`;
        if (!isReady) onUnready(sentences.join('\n') || `Serving process ${place} ended before it was ready (${reason}).`);
        if (!this.#isStopping) this.#replace({ pid: worker.process.pid, reason, sentences });
        resolve();
      });
    });
    this.#post({ kind: 'serve', task });
  }

  #replace(facts: object): void {
    const { logger, place } = this.#options;
    logger.error('serving_process_lost', { place, ...facts, restartInMs: this.#pauseMs });
    this.#restart = setTimeout(() => {
      this.#launch(
        () => logger.info('serving_process_replaced', { place, pid: this.#worker?.process.pid }),
        // Its exit is logged, and the next try comes later.
        () => {},
      );
    }, this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
  }

  #answer({ askId, metrics }: Extract<FromServingProcess, { readonly kind: 'metrics' }>): void {
    this.#asked.get(askId)?.(metrics);
    this.#asked.delete(askId);
  }

  #post(message: ToServingProcess<Task>): void {
    if (this.#worker?.isConnected()) this.#worker.send(message);
  }
}

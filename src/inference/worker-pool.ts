import { Worker } from 'node:worker_threads';
import type { Logger } from '../events/logger';
import type { WorkerJob, WorkerMessage, WorkerResult, WorkerSettings } from './worker-protocol';

/** The thread ended under the job. The rows themselves may be innocent. */
export class WorkerLostError extends Error {
  constructor() {
    super('The inference worker ended before it answered.');
    this.name = 'WorkerLostError';
  }
}

/** The runtime refused the model or the rows; its own words. */
export class RuntimeRefusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RuntimeRefusal';
  }
}

export interface WorkerPoolOptions {
  readonly scriptPath: string;
  readonly settings: WorkerSettings;
  readonly size: number;
  readonly logger: Logger;
}

type JobBody = WorkerJob extends infer Job ? (Job extends { readonly id: number } ? Omit<Job, 'id'> : never) : never;

interface Pending {
  readonly resolve: (result: WorkerResult) => void;
  readonly reject: (error: Error) => void;
}

/** A worker that dies is replaced; one that dies this often in a row is not, since the model itself must be the cause. */
const maxDeathsInARow = 5;

/** The threads of one version. Each has at most one job; the caller (the batcher) never sends more jobs than there are workers. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #idle: Seat[] = [];
  readonly #seats = new Set<Seat>();
  #waiting: ((seat: Seat) => void)[] = [];
  #deathsInARow = 0;
  #isStopping = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** @throws RuntimeRefusal when the runtime does not take the model, WorkerLostError when it ended the thread. */
  async start(): Promise<void> {
    try {
      // The first one alone: a model that cannot be loaded fails once, not once per worker.
      await this.#addSeat();
      await Promise.all(Array.from({ length: this.#options.size - 1 }, () => this.#addSeat()));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Runs one job; when its worker is lost, once more on another. */
  async run(job: JobBody): Promise<WorkerResult> {
    try {
      return await this.#runOnce(job);
    } catch (error) {
      if (!(error instanceof WorkerLostError) || this.#isStopping) throw error;
      return this.#runOnce(job);
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#seats].map((seat) => seat.end()));
  }

  async #runOnce(job: JobBody): Promise<WorkerResult> {
    const seat = await this.#takeIdle();
    try {
      const result = await seat.run(job);
      this.#deathsInARow = 0;
      return result;
    } finally {
      if (seat.isAlive) this.#giveBack(seat);
    }
  }

  #takeIdle(): Promise<Seat> {
    const seat = this.#idle.pop();
    if (seat) return Promise.resolve(seat);
    if (this.#seats.size === 0) return Promise.reject(new WorkerLostError());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(seat: Seat): void {
    const next = this.#waiting.shift();
    if (next) next(seat);
    else this.#idle.push(seat);
  }

  async #addSeat(): Promise<void> {
    const seat = new Seat(this.#options.scriptPath, this.#options.settings, () => this.#replace(seat));
    this.#seats.add(seat);
    try {
      await seat.ready;
    } catch (error) {
      this.#seats.delete(seat);
      throw error;
    }
    this.#giveBack(seat);
  }

  #replace(lost: Seat): void {
    this.#seats.delete(lost);
    const index = this.#idle.indexOf(lost);
    if (index !== -1) this.#idle.splice(index, 1);
    if (this.#isStopping || !lost.wasReady) return;
    this.#deathsInARow++;
    this.#options.logger.error('inference_worker_lost', { deathsInARow: this.#deathsInARow });
    if (this.#deathsInARow > maxDeathsInARow) return;
    this.#addSeat().catch((error: unknown) => this.#options.logger.error('inference_worker_not_replaced', { error }));
  }
}

/** One thread and the job it has. */
class Seat {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #pending: Pending | null = null;
  #nextId = 1;
  isAlive = true;
  wasReady = false;

  constructor(scriptPath: string, settings: WorkerSettings, onLost: () => void) {
    this.#worker = new Worker(scriptPath, { workerData: settings });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.isAlive = false;
        this.#pending?.reject(new WorkerLostError());
        this.#pending = null;
        onLost();
        resolve();
      });
    });
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'ready') {
          this.wasReady = true;
          resolve();
        } else if (message.kind === 'failed') {
          reject(new RuntimeRefusal(message.message));
          void this.end();
        } else this.#settle(message);
      });
      // An uncaught error in the thread is followed by its exit.
      this.#worker.once('error', (error) => reject(error));
      void this.#ended.then(() => reject(new WorkerLostError()));
    });
    // Whoever waits for `ready` sees the failure; nobody has to.
    this.ready.catch(() => {});
  }

  run(job: JobBody): Promise<WorkerResult> {
    if (!this.isAlive) return Promise.reject(new WorkerLostError());
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      // Inputs are copied, not transferred: when the thread dies under the job, the rows are still here to be sent to another.
      this.#worker.postMessage({ ...job, id: this.#nextId++ });
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
    await this.#ended;
  }

  #settle(message: Extract<WorkerMessage, { kind: 'result' | 'error' }>): void {
    const pending = this.#pending;
    this.#pending = null;
    if (message.kind === 'result') pending?.resolve(message.result);
    else pending?.reject(new RuntimeRefusal(message.message));
  }
}

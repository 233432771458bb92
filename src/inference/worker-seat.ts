import { Worker } from 'node:worker_threads';
import type { ByteBudget } from '../concurrency/byte-budget';
import { HeldPictureMemory, type MemoryGrant } from './picture-memory';
import type { WorkerJob, WorkerMessage, WorkerResult } from './worker-protocol';

/** The thread ended under the job, or never came back from it. The rows themselves may be innocent. */
export class WorkerLostError extends Error {
  constructor(options?: ErrorOptions) {
    super('The inference worker ended, or was given up, before it answered.', options);
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

/** What the model shall run on is not there, or does not work. */
export class DeviceMissingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DeviceMissingError';
  }
}

export type JobBody = WorkerJob extends infer Job ? (Job extends { readonly id: number } ? Omit<Job, 'id'> : never) : never;

interface Pending<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** From when on a thread that says nothing counts as lost. */
export interface WorkerLimits {
  readonly startMs: number;
  readonly jobMs: number;
}

interface WorkerSeatOptions {
  readonly scriptPath: string;
  /** What the thread is told when it starts. */
  readonly settings: object;
  readonly limits: WorkerLimits;
  /** Of large pictures, which threads ask for. */
  readonly memory: ByteBudget;
  readonly onLost: () => void;
}

/** A job that takes too long is found out at most a tenth later. */
const looksPerJob = 10;

/** One thread and the job it has. */
export class WorkerSeat<Job extends object = JobBody, Result = WorkerResult> {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #memory: HeldPictureMemory;
  #pending: Pending<Result> | null = null;
  #nextId = 1;
  readonly #jobMs: number;
  readonly #onLost: () => void;
  /** How often the watch has seen the job that is under way. */
  #looks = 0;
  #watch: NodeJS.Timeout;
  #rejectReady: (error: Error) => void = () => {};
  isAlive = true;
  wasReady = false;

  constructor({ scriptPath, settings, limits, memory, onLost }: WorkerSeatOptions) {
    this.#jobMs = limits.jobMs;
    this.#onLost = onLost;
    this.#memory = new HeldPictureMemory(memory);
    this.#worker = new Worker(scriptPath, { workerData: settings });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#lose();
        resolve();
      });
    });
    this.#watch = setTimeout(() => this.#giveUp(), limits.startMs).unref();
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: WorkerMessage<Result>) => this.#hear(message, resolve));
      // An uncaught error in the thread is followed by its exit; an answer that cannot be read would leave its job waiting for ever.
      this.#worker.on('error', (cause) => reject(new WorkerLostError({ cause })));
      this.#worker.on('messageerror', () => void this.end());
      this.#rejectReady = reject;
    });
    // Whoever waits for `ready` sees the failure; nobody has to.
    this.ready.catch(() => {});
  }

  run(job: Job): Promise<Result> {
    if (!this.isAlive) return Promise.reject(new WorkerLostError());
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#looks = 0;
      // Inputs are copied, not transferred: when the thread dies under the job, the rows are still here to be sent to another.
      this.#worker.postMessage({ ...job, id: this.#nextId++ });
    });
  }

  #hear(message: WorkerMessage<Result>, becomeReady: () => void): void {
    switch (message.kind) {
      case 'ready':
        this.#watchJobs();
        this.wasReady = true;
        becomeReady();
        break;
      case 'failed':
        this.#rejectReady(message.culprit === 'device' ? new DeviceMissingError(message.message) : new RuntimeRefusal(message.message));
        void this.end();
        break;
      case 'reserve':
        void this.#memory.reserve(message.bytes, () => this.#grant());
        break;
      case 'release':
        this.#memory.release(message.bytes);
        break;
      default:
        this.#settle(message);
    }
  }

  #grant(): void {
    const grant: MemoryGrant = { kind: 'granted' };
    this.#worker.postMessage(grant);
  }

  /** Looks now and then: a timer for each job would cost as much as a small job. */
  #watchJobs(): void {
    clearTimeout(this.#watch);
    this.#watch = setInterval(() => {
      if (this.#pending && ++this.#looks > looksPerJob) this.#giveUp();
    }, this.#jobMs / looksPerJob).unref();
  }

  /** A thread that computes in the runtime cannot be ended before it comes back from there, so nobody waits for that. */
  #giveUp(): void {
    this.#lose();
    void this.#worker.terminate();
  }

  /** Once: its job goes elsewhere, and so does its place. */
  #lose(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    clearTimeout(this.#watch);
    const lost = new WorkerLostError();
    this.#rejectReady(lost);
    this.#pending?.reject(lost);
    this.#pending = null;
    this.#memory.releaseAll();
    this.#onLost();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
    await this.#ended;
  }

  #settle(message: Extract<WorkerMessage<Result>, { kind: 'result' | 'error' }>): void {
    const pending = this.#pending;
    this.#pending = null;
    if (message.kind === 'result') pending?.resolve(message.result);
    else pending?.reject(new RuntimeRefusal(message.message));
  }
}

import { Worker } from 'node:worker_threads';
import type { WorkerJob, WorkerMessage, WorkerResult, WorkerSettings } from './worker-protocol';

/** The thread ended under the job. The rows themselves may be innocent. */
export class WorkerLostError extends Error {
  constructor(options?: ErrorOptions) {
    super('The inference worker ended before it answered.', options);
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

export type JobBody = WorkerJob extends infer Job ? (Job extends { readonly id: number } ? Omit<Job, 'id'> : never) : never;

interface Pending {
  readonly resolve: (result: WorkerResult) => void;
  readonly reject: (error: Error) => void;
}

/** One thread and the job it has. */
export class WorkerSeat {
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
      // An uncaught error in the thread is followed by its exit; an answer that cannot be read would leave its job waiting for ever.
      this.#worker.on('error', (cause) => reject(new WorkerLostError({ cause })));
      this.#worker.on('messageerror', () => void this.end());
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

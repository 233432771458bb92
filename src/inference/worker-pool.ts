import type { ByteBudget } from '../concurrency/byte-budget';
import type { Logger } from '../events/logger';
import type { WorkerResult } from './worker-protocol';
import { type JobBody, type WorkerLimits, WorkerLostError, WorkerSeat } from './worker-seat';

export interface WorkerPoolOptions {
  readonly scriptPath: string;
  /** What each thread is told when it starts. */
  readonly settings: object;
  readonly size: number;
  readonly limits: WorkerLimits;
  readonly memory: ByteBudget;
  readonly logger: Logger;
}

interface Waiting<Seat> {
  readonly resolve: (seat: Seat) => void;
  readonly reject: (error: Error) => void;
}

/** Beyond this many deaths in a row the model itself must be the cause: a worker is started again only when a row asks for one. */
const maxDeathsInARow = 5;
/** Likewise when a new worker could not even start this often in a row (its file may be gone): the others go on without it. */
const maxFailedStartsInARow = 3;

/** The threads of one version. Each has at most one job; the caller (the batcher) never sends more jobs than there are workers. */
export class WorkerPool<Job extends object = JobBody, Result = WorkerResult> {
  readonly #options: WorkerPoolOptions;
  readonly #idle: WorkerSeat<Job, Result>[] = [];
  readonly #seats = new Set<WorkerSeat<Job, Result>>();
  readonly #waiting: Waiting<WorkerSeat<Job, Result>>[] = [];
  #deathsInARow = 0;
  #failedStartsInARow = 0;
  #isStopping = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** @throws RuntimeRefusal when the runtime does not take the model, DeviceMissingError, WorkerLostError when it ended the thread. */
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
  async run(job: Job): Promise<Result> {
    try {
      return await this.#runOnce(job);
    } catch (error) {
      if (!(error instanceof WorkerLostError) || this.#isStopping) throw error;
      return this.#runOnce(job);
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#rejectWaiting();
    await Promise.all([...this.#seats].map((seat) => seat.end()));
  }

  async #runOnce(job: Job): Promise<Result> {
    const seat = await this.#takeIdle();
    try {
      const result = await seat.run(job);
      this.#deathsInARow = 0;
      this.#fillSeats();
      return result;
    } finally {
      if (seat.isAlive) this.#giveBack(seat);
    }
  }

  #takeIdle(): Promise<WorkerSeat<Job, Result>> {
    if (this.#isStopping) return Promise.reject(new WorkerLostError());
    const seat = this.#idle.pop();
    if (seat) return Promise.resolve(seat);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      // All were lost and given up: this row is the reason to try again.
      if (this.#seats.size === 0) this.#replaceOne();
    });
  }

  #giveBack(seat: WorkerSeat<Job, Result>): void {
    const next = this.#waiting.shift();
    if (next) next.resolve(seat);
    else this.#idle.push(seat);
  }

  async #addSeat(): Promise<void> {
    const { scriptPath, settings, limits, memory } = this.#options;
    const seat: WorkerSeat<Job, Result> = new WorkerSeat({ scriptPath, settings, limits, memory, onLost: () => this.#forget(seat) });
    this.#seats.add(seat);
    try {
      await seat.ready;
    } catch (error) {
      this.#seats.delete(seat);
      this.#failedStartsInARow++;
      throw error;
    }
    this.#failedStartsInARow = 0;
    this.#giveBack(seat);
  }

  #forget(lost: WorkerSeat<Job, Result>): void {
    this.#seats.delete(lost);
    const index = this.#idle.indexOf(lost);
    if (index !== -1) this.#idle.splice(index, 1);
    if (this.#isStopping || !lost.wasReady) return;
    this.#deathsInARow++;
    this.#options.logger.error('inference_worker_lost', { deathsInARow: this.#deathsInARow });
    if (this.#deathsInARow <= maxDeathsInARow) this.#fillSeats();
    // Nobody is left, and nobody is started, who could answer them.
    if (this.#seats.size === 0) this.#rejectWaiting();
  }

  #fillSeats(): void {
    if (this.#isStopping || this.#failedStartsInARow >= maxFailedStartsInARow) return;
    for (let missing = this.#options.size - this.#seats.size; missing > 0; missing--) this.#replaceOne();
  }

  #replaceOne(): void {
    this.#addSeat().catch((error: unknown) => {
      if (this.#isStopping) return;
      this.#options.logger.error('inference_worker_not_replaced', { error });
      if (this.#seats.size === 0) this.#rejectWaiting();
    });
  }

  #rejectWaiting(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new WorkerLostError());
  }
}

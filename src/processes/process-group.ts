import cluster from 'node:cluster';
import { within } from '../concurrency/within';
import type { Logger } from '../events/logger';
import { ProcessSeat } from './process-seat';

export interface ProcessGroupOptions<Task> {
  /** What each process runs. */
  readonly script: string;
  /** What each process is told first; one process a task. */
  readonly tasks: readonly Task[];
  readonly logger: Logger;
  /** A process that has not drained and gone by then is killed. */
  readonly stopTimeoutMs: number;
}

/** How long a page of metrics waits for a process that is busy. */
const askTimeoutMs = 2_000;

/**
 * Serving processes behind one port, started, replaced and stopped by the process that this runs in, the primary. It accepts the connections
 * and deals them out in turn (`node:cluster`); a process that loses it ends by itself.
 */
export class ProcessGroup<Task> {
  readonly #options: ProcessGroupOptions<Task>;
  readonly #seats: readonly ProcessSeat<Task>[];
  #onGone: (processId: number) => void = () => {};

  constructor(options: ProcessGroupOptions<Task>) {
    this.#options = options;
    const { logger, script, tasks } = options;
    // Not left to the system: it gives most connections to whoever was idle last, and on Windows it is the default.
    cluster.schedulingPolicy = cluster.SCHED_RR;
    // Nothing but the primary's one line goes to stdout.
    cluster.setupPrimary({ exec: script, args: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#seats = tasks.map((task, index) => new ProcessSeat({ place: index + 1, task, logger, onGone: (id) => this.#onGone(id) }));
  }

  /** Calls back when a process has gone. */
  onGone(listener: (processId: number) => void): void {
    this.#onGone = listener;
  }

  /** Resolves when all are ready. @returns where they serve. @throws Error with the sentence of the first that could not start; none is left then. */
  async start(): Promise<string> {
    try {
      const [url] = await Promise.all(this.#seats.map((seat) => seat.start()));
      return url as string;
    } catch (error) {
      this.kill();
      await this.stop();
      throw error;
    }
  }

  /** The metrics of each process that is there, by its number; null where it did not answer in time. */
  async askMetrics(): Promise<ReadonlyMap<number, readonly object[] | null>> {
    const answers = new Map<number, readonly object[] | null>();
    await Promise.all(
      this.#seats.map(async (seat) => {
        const id = seat.processId;
        if (id === null) return;
        answers.set(id, null);
        await within(
          askTimeoutMs,
          seat.askMetrics().then((metrics) => answers.set(id, metrics)),
        );
      }),
    );
    // A copy: a late answer must not change what was returned. Who has gone meanwhile is not there any more.
    return new Map([...answers].filter(([id]) => this.#seats.some((seat) => seat.processId === id)));
  }

  /** All drain at the same time; resolves when the last has gone. */
  async stop(): Promise<void> {
    const { stopTimeoutMs, logger } = this.#options;
    const stopped = Promise.all(this.#seats.map((seat) => seat.stop()));
    if (await within(stopTimeoutMs, stopped)) return;
    logger.warn('serving_processes_cut_off', { stopTimeoutMs });
    this.kill();
    await stopped;
  }

  /** Ends all as they are. */
  kill(): void {
    for (const seat of this.#seats) seat.kill();
  }
}

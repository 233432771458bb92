import type { Server } from 'node:net';
import { within } from '../concurrency/within';
import type { Logger } from '../events/logger';
import { ConnectionDealer } from './connection-dealer';
import { ProcessSeat } from './process-seat';

export interface ProcessGroupOptions<Task> {
  /** What each process runs. */
  readonly script: string;
  /** What each process is told first; one process a task. */
  readonly tasks: readonly Task[];
  readonly logger: Logger;
  /** A process that has not drained and gone by then is killed. */
  readonly stopTimeoutMs: number;
  /** A process has gone. */
  readonly onGone: (processId: string) => void;
}

/** How long a page of metrics waits for a process that is busy. */
const askTimeoutMs = 2_000;

/** Serving processes behind one port, started, replaced and stopped by the process that this runs in, the primary. One that loses it ends by itself. */
export class ProcessGroup<Task> {
  readonly #options: ProcessGroupOptions<Task>;
  readonly #seats: readonly ProcessSeat<Task>[];
  readonly #dealer: ConnectionDealer;
  #isStopping = false;

  constructor(options: ProcessGroupOptions<Task>) {
    const { tasks, script, logger, onGone } = options;
    this.#options = options;
    const onRoom = () => this.#dealer.deal();
    // When all stop, the first that wants no more connections speaks for the others.
    const onClosing = () => this.#isStopping && this.#dealer.close();
    this.#seats = tasks.map((task, index) => new ProcessSeat({ script, logger, onGone, onRoom, onClosing, task, place: index + 1 }));
    this.#dealer = new ConnectionDealer(this.#seats);
  }

  /** What is to listen once all are ready: its connections are dealt out. */
  get server(): Server {
    return this.#dealer.server;
  }

  /** Resolves when all are ready. @throws Error with the sentence of the first that could not start; none is left then. */
  async start(): Promise<void> {
    try {
      await Promise.all(this.#seats.map((seat) => seat.start()));
    } catch (error) {
      this.kill();
      await this.stop();
      throw error;
    }
  }

  /** The metrics of each process that is there; null where it did not answer in time. */
  async askMetrics(): Promise<ReadonlyMap<string, readonly object[] | null>> {
    const answers = new Map<string, readonly object[] | null>();
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
    this.#isStopping = true;
    const stopped = Promise.all(this.#seats.map((seat) => seat.stop()));
    if (!(await within(stopTimeoutMs, stopped))) {
      logger.warn('serving_processes_cut_off', { stopTimeoutMs });
      this.kill();
      await stopped;
    }
    this.#dealer.close();
  }

  /** Ends all as they are. */
  kill(): void {
    for (const seat of this.#seats) seat.kill();
  }
}

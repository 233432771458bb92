import { failureOf } from './judge-answer';
import { type ConnectionListener, LoadConnection } from './load-connection';
import type { LoadJob, LoadReport } from './load-job';
import { OpenLoopSchedule } from './open-loop-schedule';
import { Tally } from './tally';

/** How long answers that are still on their way are waited for at the end. */
const drainMs = 5000;
/** After a broken connection, so that a server that is gone is not asked a million times a second. */
const pauseAfterBreakMs = 50;

interface Prepared {
  readonly bytes: Buffer;
  readonly expected: readonly Buffer[];
}

interface InFlight {
  readonly request: Prepared;
  readonly intendedAtMs: number;
}

/** One run of load against one server, on this process's event loop. */
export function runLoad(job: LoadJob): Promise<LoadReport> {
  return new LoadRun(job).run();
}

class LoadRun implements ConnectionListener {
  readonly #job: LoadJob;
  readonly #requests: readonly Prepared[];
  readonly #startedAtMs = performance.now();
  readonly #untilMs: number;
  readonly #tally: Tally;
  readonly #inFlight = new Map<LoadConnection, InFlight>();
  readonly #idle: LoadConnection[] = [];
  /** Intended times of requests that are due while every connection waits for an answer. */
  readonly #backlog: number[] = [];
  #backlogAt = 0;
  #sent = 0;
  #isOver = false;
  readonly #connections: LoadConnection[] = [];
  #isDrained: () => void = () => {};

  constructor(job: LoadJob) {
    this.#job = job;
    this.#requests = job.requests.map(({ bytes, expected }) => ({
      bytes: Buffer.from(bytes),
      expected: expected.map((part) => Buffer.from(part)),
    }));
    const fromMs = this.#startedAtMs + job.warmUpMs;
    this.#untilMs = fromMs + job.durationMs;
    this.#tally = new Tally(fromMs, this.#untilMs, job.deadlineMs);
  }

  async run(): Promise<LoadReport> {
    const { loop, warmUpMs, durationMs } = this.#job;
    let cpuAtStart = process.cpuUsage();
    setTimeout(() => {
      cpuAtStart = process.cpuUsage();
    }, warmUpMs);
    if (loop.kind === 'closed') for (let i = 0; i < loop.connections; i++) this.#send(this.#connect(), performance.now());
    else this.#followSchedule(new OpenLoopSchedule(loop.ratePerSecond, warmUpMs + durationMs));
    await new Promise((resolve) => setTimeout(resolve, this.#untilMs - performance.now()));
    this.#isOver = true;
    const { user, system } = process.cpuUsage(cpuAtStart);
    await this.#drain();
    return this.#tally.report(user + system);
  }

  onResponse(connection: LoadConnection, response: Parameters<ConnectionListener['onResponse']>[1]): void {
    const sent = this.#inFlight.get(connection);
    if (!sent) return;
    this.#settle(connection, sent, failureOf(response, sent.request.expected));
    this.#reuse(connection);
  }

  onBroken(connection: LoadConnection): void {
    const sent = this.#inFlight.get(connection);
    if (sent) this.#settle(connection, sent, 'connection broken');
    setTimeout(() => this.#reuse(connection), pauseAfterBreakMs);
  }

  #settle(connection: LoadConnection, { intendedAtMs }: InFlight, failure: string | null): void {
    this.#inFlight.delete(connection);
    this.#tally.add(intendedAtMs, performance.now(), failure);
    if (this.#inFlight.size === 0) this.#isDrained();
  }

  #reuse(connection: LoadConnection): void {
    if (this.#isOver) return;
    if (this.#job.loop.kind === 'closed') this.#send(connection, performance.now());
    else {
      const intendedAtMs = this.#takeBacklog();
      if (intendedAtMs === undefined) this.#idle.push(connection);
      else this.#send(connection, intendedAtMs);
    }
  }

  /**
   * The oldest first. With a deadline the newest: the clients of the others are about to give up, and a queue of requests that are late
   * when they leave would make every answer worthless, however well the server refuses. What is left over counts as not sent.
   */
  #takeBacklog(): number | undefined {
    if (this.#backlogAt >= this.#backlog.length) return undefined;
    return this.#job.deadlineMs === null ? this.#backlog[this.#backlogAt++] : this.#backlog.pop();
  }

  #followSchedule(schedule: OpenLoopSchedule): void {
    const now = performance.now();
    for (let atMs = schedule.takeDue(now - this.#startedAtMs); atMs !== null; atMs = schedule.takeDue(now - this.#startedAtMs)) {
      const connection = this.#idle.pop() ?? this.#another();
      if (connection) this.#send(connection, this.#startedAtMs + atMs);
      else this.#backlog.push(this.#startedAtMs + atMs);
    }
    if (schedule.isOver) return;
    const waitMs = this.#startedAtMs + schedule.nextAtMs - performance.now();
    setTimeout(() => this.#followSchedule(schedule), Math.max(0, waitMs));
  }

  #another(): LoadConnection | null {
    const { loop } = this.#job;
    return loop.kind === 'open' && this.#connections.length < loop.maxInFlight ? this.#connect() : null;
  }

  #connect(): LoadConnection {
    const connection = new LoadConnection(this.#job.target, this);
    this.#connections.push(connection);
    return connection;
  }

  #send(connection: LoadConnection, intendedAtMs: number): void {
    const request = this.#requests[this.#sent++ % this.#requests.length] as Prepared;
    this.#inFlight.set(connection, { request, intendedAtMs });
    connection.send(request.bytes);
  }

  async #drain(): Promise<void> {
    if (this.#inFlight.size > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#isDrained = resolve;
        timer = setTimeout(resolve, drainMs);
      });
      clearTimeout(timer);
    }
    this.#tally.fail('not answered', this.#inFlight.size);
    this.#tally.fail('not sent', this.#backlog.length - this.#backlogAt);
    for (const connection of this.#connections) connection.close();
    this.#inFlight.clear();
  }
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Slots } from '../concurrency/slots';

export interface ShutdownTimes {
  /** How long the server still answers after /readyz turned 503, so that load balancers notice. */
  readonly drainDelayMs: number;
  /** From then on, peers that have not even sent their request, or do not read their answer, get this long. */
  readonly idleGraceMs: number;
  /** Whoever is still there after this is cut off. */
  readonly hardLimitMs: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Ends an HTTP server without dropping an answer: knows which requests are under way. */
export class GracefulShutdown {
  readonly #server: Server;
  readonly #times: ShutdownTimes;
  readonly #closeDoor: () => Promise<void>;
  readonly #underWay = new Slots<Exchange>();
  #isDraining = false;

  /** @param closeDoor lets nobody in any more; resolves when nobody is left. */
  constructor(server: Server, times: ShutdownTimes, closeDoor: () => Promise<void>) {
    this.#server = server;
    this.#times = times;
    this.#closeDoor = closeDoor;
    server.on('connection', (socket: Socket) => socket.once('close', () => this.#abandon(socket)));
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  track(request: IncomingMessage, response: ServerResponse): void {
    const slot = this.#underWay.add({ request, response });
    if (this.#isDraining) response.shouldKeepAlive = false;
    response.once('close', () => {
      this.#underWay.remove(slot);
      if (this.#isDraining) this.#server.closeIdleConnections();
    });
  }

  /** `closeSockets` ends what is not HTTP any more. Resolves when no connection is left. */
  async drain(closeSockets: () => Promise<void>): Promise<void> {
    this.#isDraining = true;
    for (const { response } of this.#underWay) response.shouldKeepAlive = false;
    await pause(this.#times.drainDelayMs);
    const closed = this.#closeDoor();
    this.#server.closeIdleConnections();
    const timers = [
      setTimeout(() => this.#cutOffIdlePeers(), this.#times.idleGraceMs),
      setTimeout(() => this.#server.closeAllConnections(), this.#times.hardLimitMs),
    ];
    await Promise.all([closeSockets(), closed]);
    for (const timer of timers) clearTimeout(timer);
  }

  /** Of pipelined requests node tells only the first that its client has gone: those behind it have no socket yet. */
  #abandon(socket: Socket): void {
    for (const { request, response } of this.#underWay) {
      if (request.socket !== socket || response.socket !== null || response.closed) continue;
      response.destroy();
      response.emit('close');
    }
  }

  #cutOffIdlePeers(): void {
    for (const { request, response } of this.#underWay) {
      if (!request.complete || response.writableEnded) request.destroy();
    }
    this.#server.closeIdleConnections();
  }
}

function pause(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}

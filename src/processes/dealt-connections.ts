import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface DealtConnectionsOptions {
  /** Where the primary listens. */
  readonly port: number;
  /** One of the connections has ended. */
  readonly onEnded: () => void;
  /** No more are wanted; `lastCame` is to follow. */
  readonly onClosing: () => void;
}

/** The door of a server that does not listen: connections are handed to it. */
export class DealtConnections {
  readonly #options: DealtConnectionsOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #lastCame: () => void = () => {};
  #noneIsLeft: (() => void) | null = null;

  constructor(options: DealtConnectionsOptions) {
    this.#options = options;
  }

  async open(server: Server): Promise<number> {
    this.#server = server;
    // From it on a server knows its connections: which are idle, and which take too long to send a request.
    server.emit('listening');
    return this.#options.port;
  }

  take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#options.onEnded();
      if (this.#sockets.size === 0) this.#noneIsLeft?.();
    });
    // As the sockets that a server accepts itself.
    socket.allowHalfOpen = true;
    this.#server?.emit('connection', socket);
    socket.resume();
  }

  /** What was on its way when it was told is served too. */
  async close(server: Server): Promise<void> {
    const lastCame = new Promise<void>((resolve) => {
      this.#lastCame = resolve;
    });
    this.#options.onClosing();
    await lastCame;
    server.close();
    if (this.#sockets.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#noneIsLeft = resolve;
    });
  }

  /** To be told after the last connection. */
  lastCame(): void {
    this.#lastCame();
  }
}

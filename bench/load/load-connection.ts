import { connect, type Socket } from 'node:net';
import type { LoadTarget } from './load-job';
import { type HttpResponse, ResponseParser } from './response-parser';

const readBufferBytes = 64 * 1024;

export interface ConnectionListener {
  onResponse(connection: LoadConnection, response: HttpResponse): void;
  /** The connection ended, or made no sense, while a request was on its way. */
  onBroken(connection: LoadConnection): void;
}

/** One keep-alive connection with at most one request on its way; it connects when there is something to send. */
export class LoadConnection {
  readonly #target: LoadTarget;
  readonly #listener: ConnectionListener;
  readonly #readBuffer = Buffer.allocUnsafe(readBufferBytes);
  #socket: Socket | null = null;
  #isWaiting = false;

  constructor(target: LoadTarget, listener: ConnectionListener) {
    this.#target = target;
    this.#listener = listener;
  }

  send(bytes: Uint8Array): void {
    this.#isWaiting = true;
    this.#socket ??= this.#open();
    this.#socket.write(bytes);
  }

  close(): void {
    this.#isWaiting = false;
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    const parser = new ResponseParser((response) => this.#answer(response));
    const socket = connect({
      ...this.#target,
      noDelay: true,
      // One buffer for all reads: no allocation a response.
      onread: {
        buffer: this.#readBuffer,
        callback: (length) => {
          try {
            parser.push(this.#readBuffer.subarray(0, length));
          } catch {
            socket.destroy();
          }
          return true;
        },
      },
    });
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#forget(socket));
    return socket;
  }

  #answer(response: HttpResponse): void {
    this.#isWaiting = false;
    if (!response.keepsAlive) this.close();
    this.#listener.onResponse(this, response);
  }

  #forget(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    this.#listener.onBroken(this);
  }
}

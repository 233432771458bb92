import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols, type Server } from 'graphql-ws';
import { type RawData, type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../events/logger';
import type { SocketState } from './websocket-operations';

export interface WebSocketEndpointOptions {
  readonly operations: Server<SocketState>;
  readonly allowsOrigin: (request: IncomingMessage) => boolean;
  readonly maxPayloadBytes: number;
  /** A peer that does not answer a ping until the next one is gone. */
  readonly pingIntervalMs: number;
  /** A peer that does not answer the close frame is cut off after this long. */
  readonly closeTimeoutMs: number;
  readonly logger: Logger;
}

/** The sockets under `/graphql`: from upgrade to close. What is said on them is for `operations`. */
export class WebSocketEndpoint {
  readonly #options: WebSocketEndpointOptions;
  readonly #sockets: WebSocketServer;

  constructor(options: WebSocketEndpointOptions) {
    this.#options = options;
    const settings: ServerOptions & { readonly closeTimeout: number } = {
      noServer: true,
      maxPayload: options.maxPayloadBytes,
      closeTimeout: options.closeTimeoutMs,
      perMessageDeflate: false,
      handleProtocols,
    };
    this.#sockets = new WebSocketServer(settings);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.#options.allowsOrigin(request)) {
      refuseUpgrade(socket, 403, `Origin ${request.headers.origin} may not open a WebSocket here. Add it to CORS_ORIGINS.`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#serve(webSocket, request));
  }

  /** Closes each socket with 1001, which clients answer by connecting again (elsewhere). */
  async dispose(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.close(1001, 'Going away');
    await new Promise<void>((resolve) => this.#sockets.close(() => resolve()));
  }

  #serve(socket: WebSocket, request: IncomingMessage): void {
    const { operations, pingIntervalMs, logger } = this.#options;
    const gone = new AbortController();
    const state: SocketState = { request, signal: gone.signal, close: (code, reason) => socket.close(code, reason), actor: null };
    const onMessage = (handle: (text: string) => Promise<void>) =>
      socket.on('message', (data: RawData) => {
        handle(String(data)).catch((error: unknown) => {
          logger.error('websocket_message_failed', { error });
          socket.close(CloseCode.InternalServerError, 'Internal server error');
        });
      });
    const closed = operations.opened(
      { protocol: socket.protocol, send: (text) => send(socket, text), close: (code, reason) => socket.close(code, reason), onMessage },
      state,
    );
    const endPings = keepAlive(socket, pingIntervalMs);
    // A frame that breaks the protocol or the size limit: ws closes the socket itself.
    socket.on('error', (error) => logger.debug('websocket_failed', { error }));
    socket.once('close', (code, reason) => {
      endPings();
      gone.abort();
      closed(code, String(reason)).catch((error: unknown) => logger.error('websocket_close_failed', { error }));
    });
  }
}

export function refuseUpgrade(socket: Duplex, status: number, message: string): void {
  socket.on('error', () => socket.destroy());
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Resolves when the bytes are with the operating system: a subscription waits for its slow reader here. */
function send(socket: WebSocket, text: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  // A peer that has gone meanwhile is told by `close`; there is nobody left to tell of this error.
  return new Promise((resolve) => socket.send(text, () => resolve()));
}

function keepAlive(socket: WebSocket, intervalMs: number): () => void {
  let isAnswered = true;
  socket.on('pong', () => {
    isAnswered = true;
  });
  const timer = setInterval(() => {
    if (!isAnswered) return socket.terminate();
    isAnswered = false;
    return socket.ping();
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

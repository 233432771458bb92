import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import { FairTurns } from '../../src/concurrency/fair-turns';
import { buildSchema } from '../../src/graphql/schema';
import { HttpServer, type HttpServerOptions, type RequestFacts } from '../../src/http/http-server';
import { fakeOpenInference } from '../fakes/fake-open-inference';
import { fakeServices } from '../fakes/fake-services';

const elapsedMs = () => performance.now();

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;

/** The real server on a free port, with services that answer from memory. */
export async function startTestServer(more: Partial<HttpServerOptions> = {}) {
  const services = fakeServices();
  const openInference = await fakeOpenInference(elapsedMs);
  const requests: RequestFacts[] = [];
  const server = new HttpServer({
    schema: buildSchema(services),
    openInference: openInference.services,
    host: '127.0.0.1',
    port: 0,
    adminApiKey: null,
    corsOrigins: null,
    trustProxy: false,
    introspection: true,
    maxBodyBytes: 100_000,
    maxFiles: 4,
    staticDir: join(__dirname, '../fixtures/page'),
    shutdown: { drainDelayMs: 0, idleGraceMs: 100, hardLimitMs: 2_000 },
    readiness: () => ({ status: 200, body: { status: 'ok', missing: [] } }),
    health: () => ({ status: 'healthy', stats: {} }),
    observe: (facts) => requests.push(facts),
    createErrorId: () => 'id-1',
    turns: new FairTurns({ elapsedMs, budgetMs: 3 }),
    elapsedMs,
    logger: services.logger,
    ...more,
  });
  const { url, port } = await server.start();
  return { server, services, openInference, url, port, requests, stop: () => server.stop() };
}

export interface GraphQLAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
  };
}

export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<GraphQLAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return answerOf(response);
}

export async function answerOf(response: Response): Promise<GraphQLAnswer> {
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

export const firstCode = ({ body }: GraphQLAnswer): unknown => body.errors?.[0]?.extensions.code;

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A WebSocket client that speaks the protocol by hand, so that tests can also speak it wrongly. */
export class TestSocket {
  readonly #socket: WebSocket;
  readonly #messages: Message[] = [];
  readonly #waiting: ((message: Message) => void)[] = [];
  readonly closed: Promise<number>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message;
      const waiting = this.#waiting.shift();
      if (waiting) waiting(message);
      else this.#messages.push(message);
    });
  }

  static async open(url: string, headers: Record<string, string> = {}, protocol = 'graphql-transport-ws'): Promise<TestSocket> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocol, { headers });
    const made = new TestSocket(socket);
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return made;
  }

  /** Opened and acknowledged. */
  static async ready(url: string, payload: object = {}): Promise<TestSocket> {
    const socket = await TestSocket.open(url);
    socket.send({ type: 'connection_init', payload });
    expect((await socket.next()).type).toBe('connection_ack');
    return socket;
  }

  send(message: object | string): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  next(): Promise<Message> {
    const message = this.#messages.shift();
    return message ? Promise.resolve(message) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Stops reading, as a client does that has gone without a word. */
  playDead(): void {
    this.#socket.pause();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}

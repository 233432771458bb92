import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLSchema } from 'graphql';
import type { FairTurns } from '../concurrency/fair-turns';
import type { Logger } from '../events/logger';
import { ErrorMask } from '../graphql/mask-errors';
import { OperationPreparer } from '../graphql/prepare-operation';
import { queryLimits } from '../graphql/query-limits';
import { Authenticator } from './authentication';
import { clientAddress } from './client-address';
import { CorsPolicy, defaultCorsOrigins } from './cors';
import { type Door, ListeningDoor, urlOf } from './door';
import { GracefulShutdown, type ShutdownTimes } from './graceful-shutdown';
import { readGraphiqlFiles } from './graphiql-files';
import { GraphQLEndpoint } from './graphql-endpoint';
import { OpenInferenceEndpoint } from './open-inference/open-inference-endpoint';
import type { OpenInferenceServices } from './open-inference/services';
import { sendError, sendJson } from './send-json';
import { readStaticFiles, type StaticFile, sendStatic } from './static-files';
import { refuseUpgrade, WebSocketEndpoint } from './websocket-endpoint';
import { createOperationServer } from './websocket-operations';

export interface Readiness {
  readonly status: 200 | 503;
  readonly body: { readonly status: string; readonly missing: readonly string[] };
}

/** One answered request, for the log. */
export interface RequestFacts {
  readonly method: string;
  /** One of a few names, never the path itself: clients could make those up without end. */
  readonly route: Route;
  readonly status: number;
  readonly durationMs: number;
  readonly clientAddress: string;
}

export type Route = 'graphql' | 'inference' | 'health' | 'page' | 'unknown';

export interface HttpServerOptions {
  readonly schema: GraphQLSchema;
  readonly openInference: OpenInferenceServices;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Null: it listens there itself. */
  readonly door?: Door | null;
  /** Null: none; then only programs on this machine are served. */
  readonly adminApiKey: string | null;
  /** Null: pages of this server and Apollo Studio. */
  readonly corsOrigins: readonly string[] | null;
  readonly trustProxy: boolean;
  readonly introspection: boolean;
  readonly maxBodyBytes: number;
  /** Files in one upload; as many as a batch has rows. */
  readonly maxFiles: number;
  /** The page under `/`. */
  readonly staticDir: string;
  readonly shutdown: ShutdownTimes;
  readonly readiness: () => Readiness | Promise<Readiness>;
  readonly health: () => object | Promise<object>;
  /** Told of each answered request; null: nobody asks, so that nothing is gathered. */
  readonly observe: ((facts: RequestFacts) => void) | null;
  readonly createErrorId: () => string;
  /** Shared with whoever else begins long works in this thread. */
  readonly turns: FairTurns;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
  readonly logger: Logger;
}

const webSocketSettings = {
  maxPayloadBytes: 256 * 1024,
  maxOperationsPerSocket: 100,
  pingIntervalMs: 12_000,
  closeTimeoutMs: 2_000,
};
const documentCacheSize = 500;

/** Everything on the one port: the API over HTTP and WebSocket, health, the pages. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #cors: CorsPolicy;
  readonly #graphql: GraphQLEndpoint;
  readonly #openInference: OpenInferenceEndpoint;
  readonly #webSockets: WebSocketEndpoint;
  readonly #door: Door;
  readonly #shutdown: GracefulShutdown;
  #isOpen = false;
  #files: ReadonlyMap<string, StaticFile> = new Map();

  constructor(options: HttpServerOptions) {
    this.#options = options;
    const { schema, introspection, logger, createErrorId, elapsedMs } = options;
    const authenticator = new Authenticator(options.adminApiKey);
    const mask = new ErrorMask({ logger, createErrorId, hideSuggestions: !introspection });
    const preparer = new OperationPreparer({ schema, limits: queryLimits, introspection, cacheSize: documentCacheSize });
    this.#cors = new CorsPolicy(options.corsOrigins ?? defaultCorsOrigins);
    this.#graphql = new GraphQLEndpoint({ ...options, authenticator, mask, preparer, limits: queryLimits });
    this.#openInference = new OpenInferenceEndpoint({
      ...options,
      services: options.openInference,
      authenticator,
      allowsOrigin: (request) => this.#cors.allows(request),
      isReady: async () => !this.#shutdown.isDraining && (await options.readiness()).status === 200,
    });
    const { maxOperationsPerSocket } = webSocketSettings;
    this.#webSockets = new WebSocketEndpoint({
      ...webSocketSettings,
      operations: createOperationServer({ schema, authenticator, preparer, mask, maxOperationsPerSocket, elapsedMs }),
      allowsOrigin: (request) => this.#cors.allows(request),
      logger,
    });
    // A sender of half a request holds a connection for seconds, not minutes.
    const timeouts = { headersTimeout: 5_000, requestTimeout: 15_000, connectionsCheckingInterval: 1_000, keepAliveTimeout: 75_000 };
    this.#server = createServer(timeouts, (request, response) => this.#serve(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#door = options.door ?? new ListeningDoor({ host: options.host, port: options.port, hostOption: 'HOST', portOption: 'PORT' });
    this.#shutdown = new GracefulShutdown(this.#server, options.shutdown, () => this.#door.close(this.#server));
  }

  /** @throws Error with a sentence for the operator, for example when the port is in use. */
  async start(): Promise<{ readonly url: string; readonly port: number }> {
    const { host } = this.#options;
    this.#files = new Map([...readStaticFiles(this.#options.staticDir), ...readGraphiqlFiles()]);
    await this.#graphql.start();
    const port = await this.#door.open(this.#server);
    this.#isOpen = true;
    return { url: urlOf(host, port), port };
  }

  /** Answers what is under way, sends subscribers elsewhere (1001), then closes. */
  async stop(): Promise<void> {
    if (!this.#isOpen || this.#shutdown.isDraining) return;
    await this.#shutdown.drain(() => this.#webSockets.dispose());
    await this.#graphql.stop();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request);
    this.#shutdown.track(request, response);
    if (this.#options.observe) this.#observe(path, request, response, this.#options.observe);
    this.#route(path, request, response).catch((error: unknown) => {
      this.#options.logger.error('http_request_failed', { path, error });
      sendError(response, 500, 'INTERNAL_SERVER_ERROR', 'Something went wrong inside the server; its log has the cause.');
    });
  }

  #observe(path: string, request: IncomingMessage, response: ServerResponse, tell: (facts: RequestFacts) => void): void {
    const { elapsedMs, trustProxy } = this.#options;
    const startedAtMs = elapsedMs();
    response.once('close', () =>
      tell({
        method: request.method ?? '',
        route: this.#routeOf(path),
        status: response.statusCode,
        durationMs: elapsedMs() - startedAtMs,
        clientAddress: clientAddress(request, trustProxy),
      }),
    );
  }

  async #route(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (path === '/graphql') return this.#serveApi(request, response, () => this.#graphql.handle(request, response));
    if (isOpenInference(path)) return this.#serveApi(request, response, () => this.#openInference.handle(path, request, response));
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendError(response, 405, 'BAD_REQUEST', `Only GET is served at ${path}. The API is at /graphql.`, { allow: 'GET, HEAD' });
    }
    switch (path) {
      case '/livez':
        return sendJson(response, 200, { status: 'ok' });
      case '/readyz':
        return this.#serveReadiness(response);
      case '/health':
        return sendJson(response, 200, await this.#options.health());
      default: {
        const file = this.#files.get(path === '/graphiql' ? '/graphiql/index.html' : path);
        if (file) return sendStatic(request, response, file);
        return sendError(response, 404, 'BAD_REQUEST', 'There is nothing at this path. The API is at /graphql.');
      }
    }
  }

  async #serveApi(request: IncomingMessage, response: ServerResponse, handle: () => Promise<void>): Promise<void> {
    if (request.method === 'OPTIONS') return this.#cors.answerPreflight(request, response);
    this.#cors.decorate(request, response);
    return handle();
  }

  async #serveReadiness(response: ServerResponse): Promise<void> {
    if (this.#shutdown.isDraining) {
      return sendJson(response, 503, { status: 'draining', missing: [] }, { connection: 'close' });
    }
    const { status, body } = await this.#options.readiness();
    sendJson(response, status, body);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#shutdown.isDraining) refuseUpgrade(socket, 503, 'The server is shutting down.');
    else if (pathOf(request) !== '/graphql') refuseUpgrade(socket, 404, 'WebSockets are served at /graphql.');
    else this.#webSockets.upgrade(request, socket, head);
  }

  #routeOf(path: string): Route {
    if (path === '/graphql') return 'graphql';
    if (isOpenInference(path)) return 'inference';
    if (path === '/livez' || path === '/readyz' || path === '/health') return 'health';
    return this.#files.has(path) || path === '/graphiql' ? 'page' : 'unknown';
  }
}

function isOpenInference(path: string): boolean {
  return path === '/v2' || path.startsWith('/v2/');
}

/** Cut by hand: a URL parser throws on `//?` and its kin, and the request would never be answered. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApolloServer, type ApolloServerPlugin, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { FairTurns } from '../concurrency/fair-turns';
import type { Logger } from '../events/logger';
import type { GraphQLContext } from '../graphql/context';
import type { ErrorMask } from '../graphql/mask-errors';
import { extraRules, type OperationPreparer } from '../graphql/prepare-operation';
import type { QueryLimits } from '../graphql/query-limits';
import type { Authenticator } from './authentication';
import { bodyKind } from './content-type';
import { DirectExecution } from './direct-execution';
import { DisconnectSignal } from './disconnect-signal';
import { inTurn, parseJson, RequestProblem, readBody } from './read-body';
import { readUpload, type UploadWatch } from './read-upload';
import { refuse, sendError } from './send-json';

export interface GraphQLEndpointOptions {
  readonly schema: GraphQLSchema;
  readonly authenticator: Authenticator;
  readonly mask: ErrorMask;
  readonly preparer: OperationPreparer;
  readonly limits: QueryLimits;
  readonly maxBodyBytes: number;
  readonly maxFiles: number;
  readonly introspection: boolean;
  /** A request takes one before its body is looked at. */
  readonly turns: FairTurns;
  readonly logger: Logger;
}

/** The fields `operations` and `map` of an upload hold a query and its variables, never data. */
const maxFieldBytes = 1024 * 1024;
const preflightHeaders = ['x-apollo-operation-name', 'apollo-require-preflight'];

interface ReceivedBody {
  readonly body: unknown;
  readonly upload: UploadWatch;
}

/** `POST|GET /graphql`: from node's request to Apollo Server and back. */
export class GraphQLEndpoint {
  readonly #options: GraphQLEndpointOptions;
  readonly #apollo: ApolloServer<GraphQLContext>;
  readonly #direct: DirectExecution;

  constructor(options: GraphQLEndpointOptions) {
    this.#options = options;
    this.#direct = new DirectExecution(options);
    const { schema, limits, introspection, mask, logger } = options;
    this.#apollo = new ApolloServer<GraphQLContext>({
      schema,
      introspection,
      // Bodies of errors never carry stack traces, whatever NODE_ENV says.
      includeStacktraceInErrorResponses: false,
      stopOnTerminationSignals: false,
      csrfPrevention: true,
      parseOptions: { maxTokens: limits.maxTokens },
      validationRules: [...extraRules(limits, introspection)],
      validationOptions: { maxErrors: limits.maxErrors },
      formatError: (_formatted, error) => mask.format(error),
      plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled(), noSubscriptionsPlugin],
      logger: apolloLogger(logger),
    });
  }

  start(): Promise<void> {
    return this.#apollo.start();
  }

  stop(): Promise<void> {
    return this.#apollo.stop();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const who = this.#options.authenticator.authenticate(request);
    if (!who.ok) {
      const headers = { 'www-authenticate': 'Bearer' };
      return refuse(request, response, { status: 401, code: 'UNAUTHENTICATED', message: who.problem, headers });
    }
    if (request.method !== 'GET' && request.method !== 'POST') {
      const message = 'Only POST and GET are served at /graphql. Send the operation as a POST with JSON.';
      return refuse(request, response, { status: 405, code: 'BAD_REQUEST', message, headers: { allow: 'GET, POST' } });
    }
    const { turns } = this.#options;
    const context: GraphQLContext = { signal: new DisconnectSignal(response), arrivedAtMs: turns.beganAtMs, actor: who.actor };
    const upload: UploadWatch = { excess: null };
    try {
      const body = request.method === 'POST' ? await this.#readBody(request, response, upload) : undefined;
      const text = isPlainJson(request) ? await this.#direct.answer(body, request.headers.accept, context) : null;
      if (text === null) await this.#answer(request, response, { body, upload }, context);
      else sendText(response, text);
    } catch (error) {
      if (!(error instanceof RequestProblem)) throw error;
      await refuse(request, response, { status: error.status, code: 'BAD_REQUEST', message: error.message });
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    { body, upload }: ReceivedBody,
    context: GraphQLContext,
  ): Promise<void> {
    const url = request.url ?? '';
    const queryStart = url.indexOf('?');
    const search = queryStart === -1 ? '' : url.slice(queryStart);
    const query = textOfQuery(body) ?? new URLSearchParams(search).get('query') ?? '';
    const excess = this.#options.preparer.excess(query);
    if (excess !== null) return sendError(response, 400, excess.code, excess.message);
    const answer = await this.#apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method ?? '', headers: headersOf(request), search, body },
      context: async () => context,
    });
    // The resolver only saw a file that broke off.
    if (upload.excess !== null) throw upload.excess;
    await send(response, answer);
  }

  async #readBody(request: IncomingMessage, response: ServerResponse, upload: UploadWatch): Promise<unknown> {
    const { maxBodyBytes, maxFiles, turns } = this.#options;
    const contentType = request.headers['content-type'];
    switch (bodyKind(contentType)) {
      case 'json':
        return parseJson(await inTurn(turns, readBody(request, maxBodyBytes)));
      case 'multipart':
        if (!preflightHeaders.some((name) => request.headers[name])) {
          throw new RequestProblem(
            400,
            'Uploads need the header "Apollo-Require-Preflight: true", which keeps other web sites from sending them.',
          );
        }
        return readUpload(request, response, { maxBodyBytes, maxFieldBytes, maxFiles }, upload);
      default:
        throw new RequestProblem(
          415,
          `Send a body of content-type application/json (UTF-8) or multipart/form-data, not "${contentType ?? 'none'}".`,
        );
    }
  }
}

/** Apollo would run the operation once, as if it were a query. */
const noSubscriptionsPlugin: ApolloServerPlugin<GraphQLContext> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ operation }) => {
      if (operation?.operation !== 'subscription') return;
      throw new GraphQLError('Subscriptions are served over WebSocket (protocol graphql-transport-ws) on this path.', {
        extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
      });
    },
  }),
};

function apolloLogger(logger: Logger) {
  return {
    debug: (message: unknown) => logger.debug('apollo', { message: String(message) }),
    info: (message: unknown) => logger.info('apollo', { message: String(message) }),
    warn: (message: unknown) => logger.warn('apollo', { message: String(message) }),
    error: (message: unknown) => logger.error('apollo', { message: String(message) }),
  };
}

function textOfQuery(body: unknown): string | null {
  return typeof body === 'object' && body !== null && 'query' in body && typeof body.query === 'string' ? body.query : null;
}

function isPlainJson({ method, headers }: IncomingMessage): boolean {
  return method === 'POST' && bodyKind(headers['content-type']) === 'json';
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

/** As Apollo Server sends it. */
function sendText(response: ServerResponse, text: string): void {
  if (response.destroyed) return;
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

async function send(response: ServerResponse, { status, headers, body }: HTTPGraphQLResponse): Promise<void> {
  if (response.destroyed) return;
  response.statusCode = status ?? 200;
  for (const [name, value] of headers) response.setHeader(name, value);
  if (!headers.has('cache-control')) response.setHeader('cache-control', 'no-store');
  if (body.kind === 'complete') {
    response.setHeader('content-length', Buffer.byteLength(body.string));
    response.end(body.string);
    return;
  }
  for await (const chunk of body.asyncIterator) response.write(chunk);
  response.end();
}

import type { IncomingMessage } from 'node:http';
import {
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  subscribe,
} from 'graphql';
import { CloseCode, type Context, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import type { GraphQLContext } from '../graphql/context';
import type { ErrorMask } from '../graphql/mask-errors';
import { type OperationPreparer, withCode } from '../graphql/prepare-operation';
import type { Authenticator } from './authentication';

export interface WebSocketOperationsOptions {
  readonly schema: GraphQLSchema;
  readonly authenticator: Authenticator;
  readonly preparer: OperationPreparer;
  readonly mask: ErrorMask;
  readonly maxOperationsPerSocket: number;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

/** What belongs to one socket. */
export interface SocketState {
  readonly request: IncomingMessage;
  /** Aborted when the socket has closed. */
  readonly signal: AbortSignal;
  readonly close: (code: number, reason: string) => void;
  actor: string | null;
}

type SocketContext = Context<Record<string, unknown> | undefined, SocketState>;

/** graphql-transport-ws with the same limits, authentication and error masking as HTTP. */
export function createOperationServer(options: WebSocketOperationsOptions): Server<SocketState> {
  const { schema, mask } = options;
  return makeServer<Record<string, unknown> | undefined, SocketState>({
    schema,
    onConnect: (context) => connect(context, options.authenticator),
    onSubscribe: (context, _id, payload) => prepare(context, payload, options),
    execute,
    subscribe: subscribeOrFail,
    onNext: (_context, _id, _payload, _args, result) => masked(result, mask),
    onError: (_context, _id, _payload, errors) => errors.map((error) => mask.format(error)),
  });
}

function connect({ extra, connectionParams }: SocketContext, authenticator: Authenticator): boolean {
  const who = authenticator.authenticate(extra.request, connectionParams?.authorization ?? extra.request.headers.authorization);
  if (who.ok) {
    extra.actor = who.actor;
    return true;
  }
  // Closed here, since answering false means 4403, which clients try again.
  extra.close(CloseCode.Unauthorized, 'Unauthorized');
  return false;
}

function prepare(
  { extra, subscriptions }: SocketContext,
  { query, operationName, variables }: SubscribePayload,
  { schema, preparer, maxOperationsPerSocket, elapsedMs }: WebSocketOperationsOptions,
): ExecutionArgs | readonly GraphQLError[] {
  // The operation that asks is already among them.
  if (Object.keys(subscriptions).length > maxOperationsPerSocket) {
    const message = `This connection has ${maxOperationsPerSocket} operations under way, which is the most that one may have.`;
    return [withCode(new GraphQLError(message), 'BAD_REQUEST')];
  }
  const prepared = preparer.prepare({ query, operationName });
  if (!prepared.ok) return prepared.errors;
  const contextValue: GraphQLContext = { signal: extra.signal, arrivedAtMs: elapsedMs(), actor: extra.actor ?? 'unknown' };
  return { schema, document: prepared.document, operationName: operationName ?? null, variableValues: variables ?? null, contextValue };
}

/** A subscription that cannot begin ends with one `error` message, as clients expect, instead of a result without data. */
async function subscribeOrFail(args: ExecutionArgs): Promise<AsyncIterable<ExecutionResult>> {
  const result = await subscribe(args);
  if (Symbol.asyncIterator in result) return result;
  const error = result.errors?.[0] ?? new GraphQLError('The subscription could not begin.');
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}

interface ResultToSend {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
}

/** Undefined: nothing to hide, so the result is sent as it is. */
function masked({ data = null, errors }: ResultToSend, mask: ErrorMask): FormattedExecutionResult | undefined {
  return errors && { data, errors: errors.map((error) => mask.format(error)) };
}

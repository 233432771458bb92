import type { ExecutionResult, FormattedExecutionResult, GraphQLSchema } from 'graphql';
import type { GraphQLContext } from '../graphql/context';
import type { ErrorMask } from '../graphql/mask-errors';
import type { OperationPreparer } from '../graphql/prepare-operation';
import { CompiledOperations } from './compiled-operations';

export interface DirectExecutionOptions {
  readonly schema: GraphQLSchema;
  /** Shared with the WebSocket: a document is checked once, whichever way it came. */
  readonly preparer: OperationPreparer;
  readonly mask: ErrorMask;
}

interface OrdinaryRequest {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
}

/** What a client must accept for the answer to be plain JSON; whoever says more than this is left to Apollo Server's negotiation. */
const plainAccepts = new Set<string | undefined>([undefined, '*/*', 'application/json', 'application/json, text/plain, */*']);

/**
 * Answers ordinary operations (POST, JSON, a valid query or mutation) without Apollo Server's request pipeline, byte for byte as Apollo Server would
 * (docs/adr/0009): that costs more than most of our resolvers. Whatever is not ordinary, or went wrong before anything was
 * executed, is answered by Apollo Server.
 */
export class DirectExecution {
  readonly #options: DirectExecutionOptions;
  readonly #operations: CompiledOperations;

  constructor(options: DirectExecutionOptions) {
    this.#options = options;
    this.#operations = new CompiledOperations(options.schema);
  }

  /** The body of a 200 answer of type application/json; null: not ordinary, nothing was executed. */
  async answer(body: unknown, accept: string | undefined, context: GraphQLContext): Promise<string | null> {
    const request = plainAccepts.has(accept) ? ordinary(body) : null;
    if (request === null) return null;
    const { preparer, mask } = this.#options;
    const prepared = preparer.prepare(request);
    if (!prepared.ok || prepared.operation.operation === 'subscription') return null;
    const { document, operation } = prepared;
    const { operationName, variables } = request;
    const result = await this.#operations.execute({ document, operation, operationName, variables, context });
    // No data, not even null: the variables did not fit, and nothing was executed.
    return result.data === undefined ? null : `${JSON.stringify(shown(result, mask))}\n`;
  }
}

function ordinary(body: unknown): OrdinaryRequest | null {
  if (!isRecord(body)) return null;
  const { query, operationName = null, variables = null, extensions = null } = body;
  if (typeof query !== 'string' || extensions !== null) return null;
  if (operationName !== null && (typeof operationName !== 'string' || operationName === '')) return null;
  return variables === null || isRecord(variables) ? { query, operationName, variables } : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown({ errors, data = null }: ExecutionResult, mask: ErrorMask): FormattedExecutionResult {
  return errors ? { errors: errors.map((error) => mask.format(error)), data } : { data };
}

import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { GraphQLContext } from '../graphql/context';
import { mayBeCompiled } from './may-be-compiled';

export interface OperationToExecute {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
  readonly context: GraphQLContext;
}

type Run = CompiledQuery['query'];

/** Compiling takes 0.5 ms and more, so that an operation must have come back before. */
const usesBeforeCompiling = 4;
/** One of 4,000 characters took 8 ms, in which the event loop stands still. */
const maxCompiledCharacters = 1_000;
/** Each takes some 0.2 MB. */
const maxCompiled = 64;

/**
 * Executes checked operations: those that come again and again by code that graphql-jit made of them, all others by graphql's own executor.
 */
export class CompiledOperations {
  readonly #schema: GraphQLSchema;
  readonly #uses = new WeakMap<OperationDefinitionNode, number>();
  /** The oldest first. Null: it is not to be compiled. */
  readonly #compiled = new Map<OperationDefinitionNode, Run | null>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** As graphql's `execute`; no data, not even null, when the variables did not fit and nothing was executed. */
  async execute(request: OperationToExecute): Promise<ExecutionResult> {
    const { document, operationName, variables, context } = request;
    const run = this.#runOf(request);
    if (run) return run(undefined, context, variables);
    return execute({ schema: this.#schema, document, operationName, variableValues: variables, contextValue: context });
  }

  #runOf({ document, operation, operationName }: OperationToExecute): Run | null {
    const known = this.#compiled.get(operation);
    if (known !== undefined) return known;
    const uses = (this.#uses.get(operation) ?? 0) + 1;
    this.#uses.set(operation, uses);
    if (uses <= usesBeforeCompiling) return null;
    const run = this.#compile(document, operationName);
    this.#compiled.set(operation, run);
    if (this.#compiled.size > maxCompiled) this.#forgetOldest();
    return run;
  }

  /** It has to come back as often as a new one. */
  #forgetOldest(): void {
    const [oldest] = this.#compiled.keys();
    if (!oldest) return;
    this.#compiled.delete(oldest);
    this.#uses.delete(oldest);
  }

  #compile(document: DocumentNode, operationName: string | null): Run | null {
    const text = document.loc?.source.body ?? '';
    if (text.length > maxCompiledCharacters || !mayBeCompiled(document)) return null;
    const compiled = compileQuery(this.#schema, document, operationName ?? undefined);
    return isCompiledQuery(compiled) ? compiled.query : null;
  }
}

import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { limitsRule, mergeProblem, type QueryLimits, queryTextProblem } from './query-limits';

export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

export type PreparedOperation =
  | { readonly ok: true; readonly document: DocumentNode; readonly operation: OperationDefinitionNode }
  | { readonly ok: false; readonly errors: readonly [GraphQLError, ...GraphQLError[]] };

type CheckedDocument = { readonly document: DocumentNode } | { readonly errors: readonly [GraphQLError, ...GraphQLError[]] };

export interface OperationPreparerOptions {
  readonly schema: GraphQLSchema;
  readonly limits: QueryLimits;
  readonly introspection: boolean;
  /** Valid documents that are kept, so that a page that subscribes again and again is parsed once. */
  readonly cacheSize: number;
}

/** The rules of `limits` and `introspection`, on top of graphql's own; Apollo Server is given the same ones. */
export function extraRules(limits: QueryLimits, introspection: boolean): readonly ValidationRule[] {
  return [limitsRule(limits), ...(introspection ? [] : [NoSchemaIntrospectionCustomRule])];
}

/** Parses and validates what came in over WebSocket, with the limits and the codes that HTTP has. */
export class OperationPreparer {
  readonly #options: OperationPreparerOptions;
  readonly #rules: readonly ValidationRule[];
  /** In halves: the older leaves whole when the newer is full, and what is used of it meanwhile comes back. */
  #newer = new Map<string, DocumentNode>();
  #older: ReadonlyMap<string, DocumentNode> = new Map();

  constructor(options: OperationPreparerOptions) {
    this.#options = options;
    this.#rules = [...specifiedRules, ...extraRules(options.limits, options.introspection)];
  }

  prepare({ query, operationName }: OperationRequest): PreparedOperation {
    const checked = this.#document(query);
    if ('errors' in checked) return { ok: false, errors: checked.errors };
    const operation = getOperationAST(checked.document, operationName);
    if (operation) return { ok: true, document: checked.document, operation };
    const message = operationName
      ? `Unknown operation named "${operationName}".`
      : 'Must provide operation name if query contains multiple operations.';
    return { ok: false, errors: [withCode(new GraphQLError(message), 'OPERATION_RESOLUTION_FAILURE')] };
  }

  /**
   * What `prepare` refuses before it validates, for whoever hands the text to Apollo Server, which would validate at once. Null: nothing, or what
   * Apollo Server refuses by itself.
   */
  excess(query: string): { readonly code: string; readonly message: string } | null {
    if (this.#newer.has(query) || this.#older.has(query)) return null;
    const parsed = this.#parse(query);
    if ('document' in parsed) return null;
    const [{ message, extensions }] = parsed.errors;
    return extensions.code === 'GRAPHQL_PARSE_FAILED' ? null : { code: String(extensions.code), message };
  }

  #document(query: string): CheckedDocument {
    const recent = this.#newer.get(query);
    if (recent) return { document: recent };
    const known = this.#older.get(query);
    const checked = known ? { document: known } : this.#check(query);
    if ('document' in checked) this.#remember(query, checked.document);
    return checked;
  }

  #check(query: string): CheckedDocument {
    const parsed = this.#parse(query);
    if ('errors' in parsed) return parsed;
    const { limits, schema } = this.#options;
    const [first, ...others] = validate(schema, parsed.document, this.#rules, { maxErrors: limits.maxErrors });
    if (!first) return parsed;
    return {
      errors: [withCode(first, 'GRAPHQL_VALIDATION_FAILED'), ...others.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'))],
    };
  }

  /** What is well-formed and can be validated within bounds. */
  #parse(query: string): CheckedDocument {
    const { limits } = this.#options;
    const problem = queryTextProblem(query, limits);
    if (problem !== null) return { errors: [withCode(new GraphQLError(problem), 'BAD_REQUEST')] };
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens: limits.maxTokens });
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] };
      throw error;
    }
    const excess = mergeProblem(document, limits);
    return excess === null ? { document } : { errors: [withCode(new GraphQLError(excess), 'GRAPHQL_VALIDATION_FAILED')] };
  }

  #remember(query: string, document: DocumentNode): void {
    if (this.#newer.size >= this.#options.cacheSize / 2) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(query, document);
  }
}

export function withCode(error: GraphQLError, code: string): GraphQLError {
  const { nodes, source, positions, path, originalError } = error;
  const at = { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, path: path ?? null };
  return new GraphQLError(error.message, { ...at, originalError: originalError ?? null, extensions: { ...error.extensions, code } });
}

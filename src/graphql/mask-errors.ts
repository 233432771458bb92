import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError, withShortQuotes } from '../errors';
import type { Logger } from '../events/logger';

export interface ErrorMaskOptions {
  readonly logger: Logger;
  readonly createErrorId: () => string;
  /** True where introspection is off: "Did you mean" would tell names of the schema. */
  readonly hideSuggestions: boolean;
}

/**
 * What a client may see of an error: our own AppErrors and graphql's own errors as they are, everything else as
 * INTERNAL_SERVER_ERROR with an id under which the log has the cause.
 */
export class ErrorMask {
  readonly #options: ErrorMaskOptions;

  constructor(options: ErrorMaskOptions) {
    this.#options = options;
  }

  format(error: unknown): GraphQLFormattedError {
    const shown = error instanceof GraphQLError ? error : new GraphQLError('Unexpected error');
    const cause = rootCause(error);
    if (cause instanceof AppError && cause.code !== 'INTERNAL_SERVER_ERROR') {
      return { message: cause.message, ...position(shown), extensions: { ...cause.details, code: cause.code } };
    }
    if (isFault(shown, cause)) return this.#masked(shown, cause);
    const { stacktrace: _, http: __, ...extensions } = extensionsOf(shown);
    return {
      message: this.#withoutSuggestions(withShortQuotes(shown.message)),
      ...position(shown),
      extensions: { code: 'BAD_USER_INPUT', ...extensions },
    };
  }

  #masked(shown: GraphQLError, cause: unknown): GraphQLFormattedError {
    const errorId = this.#options.createErrorId();
    this.#options.logger.error('graphql_fault', { errorId, path: shown.path?.join('.'), error: cause });
    return {
      message: `Something went wrong inside the server. Its log has the cause under error id ${errorId}.`,
      ...position(shown),
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
    };
  }

  #withoutSuggestions(message: string): string {
    return this.#options.hideSuggestions ? message.replace(/ ?Did you mean .+\?$/, '') : message;
  }
}

/** Errors of compiled operations have none where nothing was said. */
function extensionsOf({ extensions }: { readonly extensions?: GraphQLError['extensions'] }): GraphQLError['extensions'] {
  return extensions ?? {};
}

/** What was thrown, under the layers in which graphql wraps it. */
function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/**
 * Before execution (no path yet) a foreign error is a scalar's sentence about the client's value. From then on it is our mistake, and so
 * is what graphql says of a value that it cannot send; only an argument that does not fit its type is still the client's.
 */
function isFault(shown: GraphQLError, cause: unknown): boolean {
  const { code } = extensionsOf(shown);
  if (!(cause instanceof Error) || code === 'INTERNAL_SERVER_ERROR') return true;
  if (code !== undefined) return false;
  if (shown.path === undefined) return !(cause instanceof GraphQLError) && shown.nodes === undefined;
  return !(cause instanceof GraphQLError && /^(Argument|Variable) "/.test(cause.message));
}

function position(shown: GraphQLError): Pick<GraphQLFormattedError, 'locations' | 'path'> {
  return { ...(shown.locations && { locations: shown.locations }), ...(shown.path && { path: shown.path }) };
}

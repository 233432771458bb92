import type { IncomingMessage, ServerResponse } from 'node:http';

/** Browsers on these origins may call the API, beside pages of this server itself. */
export const defaultCorsOrigins: readonly string[] = Object.freeze(['https://studio.apollographql.com']);

const allowedHeaders =
  'authorization, content-type, apollo-require-preflight, x-apollo-operation-name, apollographql-client-name, apollographql-client-version, ' +
  'inference-header-content-length';
/** Without it a page could not tell the JSON of an answer from the binary data behind it. */
const exposedHeaders = 'inference-header-content-length';
const preflightSeconds = 600;

export class CorsPolicy {
  readonly #origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  /** True for an origin of the list, for this server's own pages, and for what is no browser (no Origin). */
  allows({ headers }: IncomingMessage): boolean {
    const { origin, host } = headers;
    if (origin === undefined) return true;
    if (this.#origins.has(origin)) return true;
    return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();
  }

  /** Sets the headers of an answer; credentials are never allowed, since a bearer token is sent by the page itself. */
  decorate(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !this.allows(request)) return;
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', exposedHeaders);
  }

  answerPreflight(request: IncomingMessage, response: ServerResponse): void {
    this.decorate(request, response);
    if (this.allows(request)) {
      response.setHeader('access-control-allow-methods', 'GET, POST, OPTIONS');
      response.setHeader('access-control-allow-headers', allowedHeaders);
      response.setHeader('access-control-max-age', String(preflightSeconds));
    }
    response.writeHead(204).end();
  }
}

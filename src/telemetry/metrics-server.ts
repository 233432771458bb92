import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../events/logger';

/** What a scrape gets: one registry's, or one made of several. */
export interface MetricsPage {
  readonly contentType: string;
  metrics(): Promise<string>;
}

export interface MetricsServerOptions {
  readonly page: MetricsPage;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly logger: Logger;
}

/** Serves `/metrics` on its own port, so that a proxy in front of the API never exposes it by accident. */
export class MetricsServer {
  readonly #options: MetricsServerOptions;
  readonly #server: Server;

  constructor(options: MetricsServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      const path = (request.url ?? '/').split('?', 1)[0];
      if (path !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('Only GET /metrics lives here.\n');
        return;
      }
      options.page
        .metrics()
        .then((text) => response.writeHead(200, { 'content-type': options.page.contentType }).end(text))
        .catch((error: unknown) => {
          options.logger.error('metrics_scrape_failed', { error });
          response.writeHead(500, { 'content-type': 'text/plain' }).end('The metrics could not be collected; see the log.\n');
        });
    });
  }

  /** @returns the URL of the metrics. */
  async start(): Promise<string> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const taken = error.code === 'EADDRINUSE';
        reject(taken ? new Error(`Port ${port} on ${host} is in use. Set METRICS_PORT to another one, or 0 for any free port.`) : error);
      });
      this.#server.listen(port, host, resolve);
    });
    const bound = (this.#server.address() as AddressInfo).port;
    return `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

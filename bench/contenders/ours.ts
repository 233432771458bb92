import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadRequest, LoadTarget } from '../load/load-job';
import type { Workload } from '../serving/workload';
import type { Contender } from './contender';
import { graphqlRequests } from './graphql-requests';
import { get } from './http-request';
import { nodeServer, ServerProcess } from './server-process';

const script = join(__dirname, '../../src/main.js');
const readyLine = /^Touchstone ready at http:\/\/[^:]+:(\d+)/;

/** Touchstone as `npm start` runs it, with its embedded database and journal in a folder of its own. */
export class Ours implements Contender {
  readonly name: string;
  readonly description: string;
  readonly health = get('/livez');
  readonly #environment: NodeJS.ProcessEnv;
  readonly #dataDir: string;
  readonly #processes: number;
  #server: ServerProcess | null = null;
  #port = 0;

  constructor(modelsDir: string, scratchDir: string, processes: number) {
    this.name = processes === 1 ? 'ours' : `ours-${processes}`;
    this.description = `Touchstone, ${processes} process${processes === 1 ? '' : 'es'}, embedded PostgreSQL and journal on`;
    this.#processes = processes;
    this.#dataDir = mkdtempSync(join(scratchDir, 'data-'));
    this.#environment = {
      LOG_LEVEL: 'error',
      ...withoutDatabase(process.env),
      PORT: '0',
      METRICS_PORT: '0',
      MODELS_DIR: modelsDir,
      DATA_DIR: this.#dataDir,
      PROCESSES: String(processes),
    };
  }

  get pid(): number {
    return this.#server?.pid ?? 0;
  }
  get target(): LoadTarget {
    return { host: '127.0.0.1', port: this.#port };
  }

  async start(): Promise<void> {
    this.#server = new ServerProcess(nodeServer(script, this.#environment, readyLine));
    this.#port = await this.#server.ready();
  }

  requests(workload: Workload, deadlineMs: number | null): readonly LoadRequest[] {
    return graphqlRequests('/graphql', workload, deadlineMs);
  }

  takeLoopDelayMs(): Promise<number | null> {
    // Of several processes the one that is asked is their primary, which serves nothing.
    if (this.#processes > 1) return Promise.resolve(null);
    return this.#server?.takeLoopDelayMs() ?? Promise.resolve(null);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

/** The bench measures its own database on an empty folder, never somebody's real one. */
function withoutDatabase({ DATABASE_URL, DATABASE_URL_FILE, ADMIN_API_KEY, ADMIN_API_KEY_FILE, ...rest }: NodeJS.ProcessEnv) {
  return rest;
}

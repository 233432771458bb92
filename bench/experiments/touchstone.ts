import { join } from 'node:path';
import { nodeServer, ServerProcess } from '../contenders/server-process';
import { GraphqlConnection } from './graphql-connection';

const script = join(__dirname, '../../src/main.js');
const readyLine = /^Touchstone ready at http:\/\/[^:]+:(\d+)/;

export interface TouchstoneFolders {
  readonly modelsDir: string;
  /** Stays when the server stops. */
  readonly dataDir: string;
}

/** The server as `npm start` runs it, in a process of its own, on a data folder that somebody else keeps. */
export class Touchstone {
  readonly #process: ServerProcess;
  #port = 0;

  constructor({ modelsDir, dataDir }: TouchstoneFolders) {
    const { PATH, LD_LIBRARY_PATH } = process.env;
    const environment = { PATH, LD_LIBRARY_PATH, LOG_LEVEL: 'error', PORT: '0', METRICS_PORT: '0', ORT_DISABLE_TELEMETRY: '1' };
    this.#process = new ServerProcess(nodeServer(script, { ...environment, MODELS_DIR: modelsDir, DATA_DIR: dataDir }, readyLine));
  }

  get pid(): number {
    return this.#process.pid;
  }
  get target(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.#port };
  }

  /** Resolves when it answers. */
  async ready(): Promise<void> {
    this.#port = await this.#process.ready();
  }

  connect(): GraphqlConnection {
    return new GraphqlConnection(this.target);
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findTool, read } from './tools';

/** One replica as nginx sees it: it remembers what it was asked. */
export class FakeReplica {
  readonly server: Server;
  readonly requests: IncomingMessage[] = [];
  answer: RequestListener = (_request, response) => response.end('answered');

  constructor() {
    this.server = createServer((incoming, response) => {
      this.requests.push(incoming);
      this.answer(incoming, response);
    });
  }

  /** `port` 0: any free one. */
  async start(port = 0): Promise<number> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

/** The shipped nginx.conf with the two replicas, the port and the folder for temporary files replaced; nothing else is. */
export class Nginx {
  readonly folder = mkdtempSync(join(tmpdir(), 'touchstone-nginx-'));
  readonly #file = join(this.folder, 'nginx.conf');
  #process: ChildProcess | undefined;
  #log = '';
  port = 0;

  /** @returns the arguments that make nginx read this configuration. */
  async configure(portOfA: number, portOfB: number): Promise<readonly string[]> {
    this.port = await freePort();
    let text = read('nginx.conf');
    for (const [shipped, here] of [
      ['server app-a:4000 ', `server 127.0.0.1:${portOfA} `],
      ['server app-b:4000 ', `server 127.0.0.1:${portOfB} `],
      ['listen 8080;', `listen 127.0.0.1:${this.port};`],
    ] as const) {
      if (text.split(shipped).length !== 2) throw new Error(`nginx.conf should say "${shipped}" once.`);
      text = text.replace(shipped, here);
    }
    writeFileSync(this.#file, text.replaceAll(' /tmp/', ` ${this.folder}/`));
    // The workers of an nginx that root started are another user.
    chmodSync(this.folder, 0o755);
    return ['-e', 'stderr', '-p', this.folder, '-c', this.#file];
  }

  async start(portOfA: number, portOfB: number): Promise<void> {
    const args = await this.configure(portOfA, portOfB);
    const child = spawn(findTool('nginx'), [...args, '-g', 'daemon off;'], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (chunk) => {
      this.#log += chunk;
    });
    this.#process = child;
    const deadline = AbortSignal.timeout(15_000);
    while (!(await accepts(this.port))) {
      if (child.exitCode !== null || deadline.aborted) throw new Error(`nginx does not listen:\n${this.#log}`);
      await pause(20);
    }
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** One request on a connection of its own. */
  ask(path: string, options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {}): Promise<Answer> {
    const { method = 'GET', headers = {}, body } = options;
    return new Promise((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port: this.port, path, method, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() });
          outgoing.destroy();
        });
      });
      outgoing.on('error', reject);
      if (headers['content-length'] === undefined || body !== undefined) outgoing.end(body);
      else outgoing.flushHeaders();
    });
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}

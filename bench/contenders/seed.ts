import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LoadRequest, LoadTarget } from '../load/load-job';
import type { BenchModel } from '../serving/bench-model';
import type { Workload } from '../serving/workload';
import type { Contender } from './contender';
import { get, postJson } from './http-request';
import { ServerProcess } from './server-process';

const pythons = ['python3', '/usr/bin/python3'];
const needed = 'import flask, torch, torchvision, PIL, numpy';
/** It imports these two and needs neither for an answer; where they are not installed, nothing stands in for them. */
const optional = { flask_cors: 'def CORS(app):\n    return app\n', redis: '' };

/** The Flask and PyTorch server of the document that this project grew from, as it runs itself: threaded, eager. */
export class Seed implements Contender {
  readonly name = 'seed';
  readonly description = "the Flask + torch server of the seed's document, threaded, eager torch; answers all probabilities";
  readonly health = get('/health');
  readonly #seedDir: string;
  readonly #model: BenchModel | null;
  readonly #folder: string;
  #server: ServerProcess | null = null;
  #port = 0;

  constructor(seedDir: string, models: readonly BenchModel[], scratchDir: string) {
    this.#seedDir = seedDir;
    this.#model = models.find((model) => model.torchPath !== null) ?? null;
    this.#folder = join(scratchDir, 'seed');
  }

  get pid(): number {
    return this.#server?.pid ?? 0;
  }
  get target(): LoadTarget {
    return { host: '127.0.0.1', port: this.#port };
  }

  async start(signal: AbortSignal): Promise<void> {
    if (!this.#model?.torchPath) throw new Error('no model has a model.pth beside it (training/export_mobilenet.py makes one)');
    const python = pythons.find((one) => canImport(one, needed));
    if (!python)
      throw new Error('Python cannot import flask, torch and torchvision (Debian: python3-flask python3-torch python3-torchvision)');
    this.#writeServer(python);
    const port = await freePort();
    signal.throwIfAborted();
    const environment = { ...process.env, PORT: String(port), MODEL_PATH: resolve(this.#model.torchPath), PYTHONIOENCODING: 'utf-8' };
    const args = [join(this.#folder, 'server.py')];
    // It writes its page into the folder that it runs in.
    const folder = this.#folder;
    this.#server = new ServerProcess({ command: python, args, environment, folder, readyLine: /Running on http:\/\/127\.0\.0\.1:(\d+)/ });
    this.#port = await this.#server.ready();
    await untilConnected(this.#port);
  }

  requests({ name, samples, model }: Workload): readonly LoadRequest[] | null {
    if (model !== this.#model || name === 'trivial') return null;
    return samples.flatMap((sample) => {
      if (sample.kind !== 'image' || !('predictedClass' in sample.answer)) return [];
      const expected = [`"predicted_class":${sample.answer.predictedClass},`];
      return [{ bytes: postJson('/predict', { image: sample.bytes.toString('base64') }), expected }];
    });
  }

  takeLoopDelayMs(): Promise<null> {
    return Promise.resolve(null);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  /** The document's first block of Python is the server. It listens on loopback here, whatever it says. */
  #writeServer(python: string): void {
    const [document] = readdirSync(this.#seedDir);
    const text = readFileSync(join(this.#seedDir, document ?? ''), 'utf8');
    const code = /```python\r?\n([\s\S]*?)\r?\n```/.exec(text)?.[1];
    if (!code?.includes('Flask(__name__)')) throw new Error(`${this.#seedDir} does not hold the seed's document`);
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, 'server.py'), code.replaceAll("host='0.0.0.0'", "host='127.0.0.1'"));
    for (const [module, source] of Object.entries(optional))
      if (!canImport(python, `import ${module}`)) writeFileSync(join(this.#folder, `${module}.py`), source);
  }
}

function canImport(python: string, statement: string): boolean {
  try {
    execFileSync(python, ['-c', statement], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** It says that it runs a moment before it listens. */
async function untilConnected(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await delay(50);
  }
  throw new Error('it never listened');
}

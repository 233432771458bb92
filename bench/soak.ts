import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ours } from './contenders/ours';
import { LatencyLog } from './load/latency-log';

/**
 * Serves under load for a while and loads versions again all the time: `node dist/bench/soak.js [minutes] [connections]`. No request may fail, every
 * acknowledged prediction must be found afterwards, and the memory of the process must come to rest. Linux only: it reads /proc.
 */

const root = join(__dirname, '../..');
const [minutes = '10', connections = '16'] = process.argv.slice(2);
const [reloadEveryMs, healthEveryMs, lines] = [3_000, 100, 20];
/** Of the ids, which are looked up at the end. */
const keptEvery = 100;
const reloaded = [
  { model: 'digits', version: '3' },
  { model: 'breast-cancer', version: '2' },
  { model: 'digits', version: '1' },
];

const predict = 'mutation ($input: PredictInput!) { predict(input: $input) { id label } }';
const reload =
  'mutation ($model: String!, $version: String!) { loadModelVersion(model: $model, version: $version) { userErrors { message } } }';
const find = 'query ($id: ID!) { prediction(id: $id) { id } }';

class Client {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws Error with what came instead of data. */
  async ask<T>(query: string, variables: object): Promise<T> {
    const text = await this.#send('POST', '/graphql', JSON.stringify({ query, variables }));
    const answer = JSON.parse(text) as { data?: T; errors?: unknown };
    if (answer.errors || !answer.data) throw new Error(text.slice(0, 300));
    return answer.data;
  }

  get(path: string): Promise<string> {
    return this.#send('GET', path, '');
  }

  #send(method: string, path: string, body: string): Promise<string> {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: this.#port, agent: this.#agent, method, path, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part)).on('error', reject);
        response.on('end', () => resolve(Buffer.concat(parts).toString()));
      });
      sent.on('error', reject).end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

class Soak {
  readonly failures = new Map<string, number>();
  readonly healthMs = new LatencyLog();
  readonly ids: string[] = [];
  answered = 0;
  reloads = 0;
  isOver = false;
  readonly #client: Client;
  readonly #inputs: readonly object[];

  constructor(client: Client, inputs: readonly object[]) {
    this.#client = client;
    this.#inputs = inputs;
  }

  async serve(): Promise<void> {
    for (let at = 0; !this.isOver; at++) {
      const input = this.#inputs[at % this.#inputs.length];
      const id = await this.#noting(
        'predict',
        async () => (await this.#client.ask<{ predict: { id: string } }>(predict, { input })).predict.id,
      );
      if (id === null) continue;
      if (this.answered++ % keptEvery === 0) this.ids.push(id);
    }
  }

  async reload(): Promise<void> {
    for (let at = 0; !this.isOver; at++) {
      await this.#noting('reload', async () => {
        const { loadModelVersion } = await this.#client.ask<{ loadModelVersion: { userErrors: readonly { message: string }[] } }>(
          reload,
          reloaded[at % reloaded.length] as object,
        );
        for (const { message } of loadModelVersion.userErrors) throw new Error(message);
        this.reloads++;
      });
      await pause(reloadEveryMs);
    }
  }

  async watchHealth(): Promise<void> {
    while (!this.isOver) {
      const startedAtMs = performance.now();
      await this.#noting('livez', () => this.#client.get('/livez'));
      this.healthMs.add(performance.now() - startedAtMs);
      await pause(healthEveryMs);
    }
  }

  async missing(): Promise<number> {
    let missing = 0;
    for (const id of this.ids) if ((await this.#client.ask<{ prediction: object | null }>(find, { id })).prediction === null) missing++;
    return missing;
  }

  async #noting<T>(what: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      const name = `${what}: ${error instanceof Error ? error.message : String(error)}`;
      this.failures.set(name, (this.failures.get(name) ?? 0) + 1);
      return null;
    }
  }
}

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'touchstone-soak-'));
  const server = new Ours(join(root, 'models'), scratch, 1);
  try {
    await server.start();
    const client = new Client(server.target.port);
    await watch(server, new Soak(client, await inputs(client)));
    client.close();
  } finally {
    await server.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function watch(server: Ours, soak: Soak): Promise<void> {
  const work = [soak.reload(), soak.watchHealth(), ...Array.from({ length: Number(connections) }, () => soak.serve())];
  console.log('minute   RSS MB  answered  reloads  failed');
  const samples: { readonly minute: number; readonly rssMb: number }[] = [];
  const totalMs = Number(minutes) * 60_000;
  for (let line = 1; line <= lines; line++) {
    await pause(totalMs / lines);
    const minute = (line * Number(minutes)) / lines;
    const rss = rssMb(server.pid);
    samples.push({ minute, rssMb: rss });
    const columns = [minute.toFixed(1), rss.toFixed(0), soak.answered, soak.reloads, sum(soak.failures.values())];
    console.log(columns.map((column) => String(column).padStart(7)).join('  '));
  }
  soak.isOver = true;
  await Promise.all(work);
  const half = samples.slice(lines / 2);
  console.log(`RSS slope over the second half: ${slope(half).toFixed(2)} MB a minute`);
  console.log(`/livez p50 ${soak.healthMs.quantileMs(0.5)?.toFixed(1)} ms, p99 ${soak.healthMs.quantileMs(0.99)?.toFixed(1)} ms`);
  console.log(`event loop delay p99 ${(await server.takeLoopDelayMs())?.toFixed(1)} ms`);
  console.log(`acknowledged predictions looked up: ${soak.ids.length}, missing: ${await soak.missing()}`);
  for (const [failure, count] of soak.failures) console.log(`${count} x ${failure}`);
}

/** Rows that the sample models take: one of a table with its features in order, and pictures. */
async function inputs(client: Client): Promise<readonly object[]> {
  const { model } = await client.ask<{ model: { versions: readonly { features: readonly { name: string }[] }[] } }>(
    '{ model(name: "breast-cancer") { versions { features { name } } } }',
    {},
  );
  const features = Object.fromEntries((model.versions[0]?.features ?? []).map(({ name }, at) => [name, at + 0.5]));
  const image = readFileSync(join(root, 'demo/data/digits/images/0002.png')).toString('base64');
  return [
    { model: 'breast-cancer', features },
    { model: 'breast-cancer', version: '2', features },
    { model: 'digits', version: '3', image },
    { model: 'digits', version: '1', image },
  ];
}

function rssMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** Least squares, in MB a minute. */
function slope(samples: readonly { readonly minute: number; readonly rssMb: number }[]): number {
  const mean = (of: (sample: (typeof samples)[number]) => number) => sum(samples.map(of)) / samples.length;
  const [atMean, rssMean] = [mean(({ minute }) => minute), mean((sample) => sample.rssMb)];
  const across = sum(samples.map(({ minute, rssMb: rss }) => (minute - atMean) * (rss - rssMean)));
  return across / sum(samples.map(({ minute }) => (minute - atMean) ** 2));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

void main();

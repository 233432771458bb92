import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, statusOf } from './connection';
import { LabelledTraffic } from './labelled-traffic';
import { eventually, isAlive, processesNaming, root, Server, servingProcesses } from './server';

const predictMutation = 'mutation ($input: PredictInput!) { predict(input: $input) { id assignment { inExperiment } } }';
const labelMutation = 'mutation ($input: LabelInput!) { recordLabel(input: $input) { durability } }';

interface Predicted {
  readonly predict: { readonly id: string; readonly assignment: { readonly inExperiment: boolean } | null };
}

const features = { values: Array.from({ length: 30 }, (_, index) => index) };
const row = { model: 'breast-cancer', features };

async function counted(server: Server): Promise<number> {
  const page = await (await fetch(server.metricsUrl)).text();
  return Number(/^ai_model_requests_total\{method="predict",status="success"\} (\d+)$/m.exec(page)?.[1] ?? -1);
}

/** Segments of serving processes that still hold something. */
function leftSegments(dataDir: string): readonly string[] {
  const folder = join(dataDir, 'processes');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.log'));
  return names.filter((name) => statSync(join(folder, name)).size > 0);
}

describe('two processes', () => {
  const server = new Server({ PROCESSES: '2' });
  let connections: readonly Connection[];
  let output: string;

  beforeAll(async () => {
    output = await server.start();
    connections = await Connection.toEach(server, 2);
  });
  afterAll(async () => {
    for (const connection of connections) connection.close();
    await server.remove();
  });
  const [here, there] = [() => connections[0] as Connection, () => connections[1] as Connection];

  it('say in one line, once, that they are ready, with the pid of their primary', () => {
    expect(output).toMatch(/^Touchstone ready at \S+ \(pid \d+, metrics \S+\)\n$/);
    expect(output).toContain(`(pid ${server.pid},`);
    expect(servingProcesses(server.pid)).toHaveLength(2);
  });

  it('get as many connections each', async () => {
    const opened = await Promise.all(Array.from({ length: 16 }, () => Connection.open(server)));
    for (const connection of opened) connection.close();
    const first = opened.filter(({ replicaId }) => replicaId === here().replicaId);
    expect(new Set(opened.map(({ replicaId }) => replicaId)).size).toBe(2);
    expect(first).toHaveLength(8);
  });

  it('both say whether they are alive and ready', async () => {
    for (let ask = 0; ask < 4; ask++) {
      for (const path of ['/livez', '/readyz']) {
        const answer = await fetch(`${server.url}${path}`, { headers: { connection: 'close' } });
        expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'ok' }]);
      }
    }
  });

  it('add up their serving statistics', async () => {
    const query = '{ servingStats { totalRequests replicas } }';
    const total = async () => (await here().data<{ servingStats: { totalRequests: number; replicas: number } }>(query)).servingStats;
    const before = (await eventually(total, ({ replicas }) => replicas === 2)).totalRequests;
    for (const connection of connections) await connection.data(predictMutation, { input: row });
    expect(await eventually(total, ({ totalRequests }) => totalRequests === before + 2)).toEqual({
      totalRequests: before + 2,
      replicas: 2,
    });
  });

  it('take a label at one for what the other predicted a moment ago', async () => {
    for (let round = 0; round < 5; round++) {
      const { predict } = await here().data<Predicted>(predictMutation, { input: row });
      expect(await there().data(labelMutation, { input: { predictionId: predict.id, class: 1 } })).toEqual({
        recordLabel: { durability: 'JOURNALED' },
      });
      const query = 'query ($id: ID!) { prediction(id: $id) { truth { class } } }';
      const read = async () => (await here().data<{ prediction: { truth: object | null } | null }>(query, { id: predict.id })).prediction;
      expect(await eventually(read, (one) => one?.truth != null)).toEqual({ truth: { class: 1 } });
    }
  });

  it('give the same idempotency key the same prediction', async () => {
    const input = { ...row, idempotencyKey: 'the-same-at-both' };
    const { predict: first } = await here().data<Predicted>(predictMutation, { input });
    const { predict: second } = await there().data<Predicted>(predictMutation, { input });
    expect(second.id).toBe(first.id);
  });

  it('route by an experiment that the other one started', async () => {
    const variants = [
      { key: 'a', version: '1' },
      { key: 'b', version: '2' },
    ];
    const create =
      'mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) { userErrors { message } } startExperiment(key: "seen") { userErrors { message } } }';
    await here().data(create, { input: { key: 'seen', model: 'breast-cancer', variants, primaryMetric: 'accuracy' } });
    // What is read from the database is there at once; what is routed by is read again twice a second.
    expect(await there().data('{ experiment(key: "seen") { status } }')).toEqual({ experiment: { status: 'RUNNING' } });
    const predict = async () => (await there().data<Predicted>(predictMutation, { input: { ...row, unitId: 'somebody' } })).predict;
    expect((await eventually(predict, ({ assignment }) => assignment !== null, 5_000)).assignment).toEqual({ inExperiment: true });
  });

  it('show one page of metrics, the sum of both', async () => {
    const before = await counted(server);
    for (const connection of connections) await connection.data(predictMutation, { input: row });
    expect(await counted(server)).toBe(before + 2);
    const page = await (await fetch(server.metricsUrl)).text();
    expect(page).toContain('\ntouchstone_serving_processes 2\n');
    expect(page.match(/^touchstone_nodejs_heap_size_used_bytes /gm)).toHaveLength(1);
  });

  it('replace one that is stopped by itself, without an error for anybody', async () => {
    const [pid] = servingProcesses(server.pid);
    process.kill(pid as number, 'SIGTERM');
    const replaced = async () => servingProcesses(server.pid).filter((one) => one !== pid);
    expect(await eventually(replaced, (pids) => pids.length === 2)).toHaveLength(2);
  });
});

describe('kill -9', () => {
  const server = new Server({ PROCESSES: '2' });
  const traffic = new LabelledTraffic();

  beforeAll(async () => {
    await server.start();
    await traffic.begin(server, 2);
  });
  afterAll(() => server.remove());

  it('of serving processes under load: they are replaced, and every acknowledged label counts once', async () => {
    let isOver = false;
    const load = traffic.run(server, 8, () => isOver);
    for (let kill = 0; kill < 6; kill++) {
      await traffic.more(40);
      const shown = await counted(server);
      const pids = servingProcesses(server.pid);
      const pid = pids[kill % 2] as number;
      process.kill(pid, 'SIGKILL');
      const replaced = async () => servingProcesses(server.pid).filter((one) => !pids.includes(one));
      expect(await eventually(replaced, (one) => one.length === 1)).toHaveLength(1);
      await eventually(
        async () => (await (await fetch(server.metricsUrl)).text()).includes('\ntouchstone_serving_processes 2\n'),
        (isComplete) => isComplete,
      );
      expect(await counted(server)).toBeGreaterThanOrEqual(shown);
    }
    isOver = true;
    await load;
    await traffic.expectExact(server);
  });

  it('of the primary: nobody is left, and the next start finds everything, with one process too', async () => {
    let isOver = false;
    const load = traffic.run(server, 8, () => isOver);
    await traffic.more(60);
    const pids = servingProcesses(server.pid);
    isOver = true;
    await server.kill('SIGKILL');
    await load;
    const left = async () => [...pids.filter(isAlive), ...processesNaming(server.dataDir)];
    expect(await eventually(left, (one) => one.length === 0)).toEqual([]);

    const alone = new Server({}, server.dataDir);
    await alone.start();
    await traffic.expectExact(alone);
    expect(
      await eventually(
        async () => leftSegments(server.dataDir),
        (names) => names.length === 0,
      ),
    ).toEqual([]);
    let isOverAgain = false;
    const more = traffic.run(alone, 8, () => isOverAgain);
    await traffic.more(60);
    isOverAgain = true;
    await alone.kill('SIGKILL');
    await more;

    await server.start();
    await traffic.expectExact(server);
  });

  it('of the primary, and a start at that very moment', async () => {
    const pids = servingProcesses(server.pid);
    await server.kill('SIGKILL');
    await server.start();
    expect(pids.filter(isAlive)).toEqual([]);
    await traffic.expectExact(server);
  });

  it('of a process that is stuck: the others serve meanwhile, and nobody waits for it for ever', async () => {
    const [stuck] = servingProcesses(server.pid);
    process.kill(stuck as number, 'SIGSTOP');
    let isKilled = false;
    const ask = async () => ({ status: await statusOf(`${server.url}/livez`), isKilled });
    const answers = Array.from({ length: 40 }, ask);
    const answered: { readonly status: number; readonly isKilled: boolean }[] = [];
    for (const answer of answers) void answer.then((one) => answered.push(one));
    // As many as it may have on their way are with the stuck one.
    expect(
      await eventually(
        async () => answered.length,
        (count) => count >= 32,
      ),
    ).toBeGreaterThanOrEqual(32);
    isKilled = true;
    process.kill(stuck as number, 'SIGKILL');
    await Promise.all(answers);
    expect(answered.filter((one) => !one.isKilled && one.status !== 200)).toEqual([]);
    expect(answered.filter((one) => one.status === 0).length).toBeLessThanOrEqual(8);
  });

  it('of all serving processes at once: the server comes back at the same address', async () => {
    const { url } = server;
    for (const pid of servingProcesses(server.pid)) process.kill(pid, 'SIGKILL');
    expect(
      await eventually(
        () => statusOf(`${url}/livez`),
        (status) => status === 200,
      ),
    ).toBe(200);
  });
});

describe('the end of a group', () => {
  const dataDirs: string[] = [];
  afterAll(() => {
    for (const dataDir of dataDirs) rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  it('comes in order after Ctrl-C in a terminal, which reaches every process of it at the same time', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-group-'));
    dataDirs.push(dataDir);
    const child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
      cwd: root,
      detached: true,
      env: { PATH: process.env.PATH ?? '', PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'warn', DATA_DIR: dataDir, PROCESSES: '2' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let words = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      words += chunk.toString();
    });
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    const pids = servingProcesses(child.pid as number);
    process.kill(-(child.pid as number), 'SIGINT');
    await once(child, 'close');
    expect({ code: child.exitCode, words }).toEqual({ code: 0, words: '' });
    expect([...pids.filter(isAlive), ...processesNaming(dataDir)]).toEqual([]);
  });

  it('waits for each process, and comes at once with the second signal', async () => {
    const server = new Server({ PROCESSES: '2', DRAIN_DELAY_MS: '60000' });
    dataDirs.push(server.dataDir);
    await server.start();
    const pids = servingProcesses(server.pid);
    process.kill(server.pid, 'SIGTERM');
    const readyStatus = async () => (await fetch(`${server.url}/readyz`, { headers: { connection: 'close' } })).status;
    expect(await eventually(readyStatus, (status) => status === 503)).toBe(503);
    expect(await server.kill('SIGTERM')).toBe(1);
    const left = async () => [...pids.filter(isAlive), ...processesNaming(server.dataDir)];
    expect(await eventually(left, (one) => one.length === 0)).toEqual([]);
  });

  it('answers in each process what arrives while DRAIN_DELAY_MS runs', async () => {
    const server = new Server({ PROCESSES: '2', DRAIN_DELAY_MS: '2000' });
    dataDirs.push(server.dataDir);
    await server.start();
    const connections = await Connection.toEach(server, 2);
    const ended = server.kill('SIGTERM');
    for (const connection of connections) {
      expect((await connection.data<Predicted>(predictMutation, { input: row })).predict.id).toBeTruthy();
      connection.close();
    }
    expect(await ended).toBe(0);
  });
});

describe('a group that cannot start says why, once', () => {
  const servers: Server[] = [];
  const failing = async (environment: Record<string, string>) => {
    const server = new Server({ PROCESSES: '2', ...environment });
    servers.push(server);
    expect(await server.startAndFail()).toBe(1);
    expect(processesNaming(server.dataDir)).toEqual([]);
    return server.words.match(/Touchstone cannot start: .*/g) ?? [];
  };
  afterAll(async () => {
    for (const server of servers) await server.remove();
  });

  it('a models folder that is not there', async () => {
    expect(await failing({ MODELS_DIR: '/nowhere/models' })).toEqual([expect.stringContaining('MODELS_DIR')]);
  });

  it.each(['PORT', 'METRICS_PORT'])('%s in use', async (option) => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    expect(await failing({ [option]: String(port) })).toEqual([expect.stringContaining(`Set ${option} to another one`)]);
    holder.close();
  });

  it('a second server on the same data folder, of one process or several', async () => {
    const first = new Server({ PROCESSES: '2' });
    servers.push(first);
    await first.start();
    for (const processes of ['1', '2']) {
      const second = new Server({ PROCESSES: processes }, first.dataDir);
      expect(await second.startAndFail()).toBe(1);
      expect(second.words).toContain(`pid ${first.pid}`);
    }
  });
});

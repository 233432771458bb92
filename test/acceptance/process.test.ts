import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, processesNaming, root, Server } from './server';

describe('the process', () => {
  const server = new Server();
  afterAll(() => server.remove());

  it('writes exactly one line to stdout', async () => {
    expect(await server.start()).toMatch(
      /^Touchstone ready at http:\/\/127\.0\.0\.1:\d+ \(pid \d+, metrics http:\/\/127\.0\.0\.1:\d+\/metrics\)\n$/,
    );
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(server.metricsUrl)).text()).toContain('ai_model_requests_total');
  });

  it('refuses a second one on the same data folder, naming the first', async () => {
    const second = new Server({}, server.dataDir);
    expect(await second.startAndFail()).toBe(1);
    expect(second.words).toContain(`pid ${server.pid}`);
  });

  it('ends on SIGINT with its database, and starts again', async () => {
    expect(await server.kill('SIGINT')).toBe(0);
    expect(processesNaming(server.dataDir)).toEqual([]);
    await server.start();
    expect(await server.kill('SIGTERM')).toBe(0);
    expect(processesNaming(server.dataDir)).toEqual([]);
  });

  it('leaves nothing behind after Ctrl-C in a terminal, which reaches the whole process group', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-group-'));
    const child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
      cwd: root,
      detached: true,
      env: { PATH: process.env.PATH ?? '', PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'warn', DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    process.kill(-(child.pid as number), 'SIGINT');
    await once(child, 'exit');
    expect(child.exitCode).toBe(0);
    expect(processesNaming(dataDir)).toEqual([]);
    rmSync(dataDir, { recursive: true, force: true });
  });
});

describe('a start that cannot succeed says why, in a sentence', () => {
  const servers: Server[] = [];
  const failing = async (environment: Record<string, string>) => {
    const server = new Server(environment);
    servers.push(server);
    expect(await server.startAndFail()).toBe(1);
    expect(processesNaming(server.dataDir)).toEqual([]);
    return server.words;
  };
  afterAll(async () => {
    for (const server of servers) await server.remove();
  });

  it('wrong options', async () => {
    const words = await failing({ PORT: 'eighty', LOG_LEVEL: 'loud' });
    expect(words).toContain('PORT must be a whole number');
    expect(words).toContain('LOG_LEVEL must be one of');
  });

  it('open to other machines without a key', async () => {
    expect(await failing({ HOST: '0.0.0.0' })).toContain('ADMIN_API_KEY must be set');
  });

  it('ports in use, both at once and before the database is started', async () => {
    const holders = [createServer().listen(0, '127.0.0.1'), createServer().listen(0, '127.0.0.1')];
    await Promise.all(holders.map((holder) => once(holder, 'listening')));
    const [port, metricsPort] = holders.map((holder) => (holder.address() as { port: number }).port);
    const words = await failing({ PORT: String(port), METRICS_PORT: String(metricsPort) });
    for (const holder of holders) holder.close();
    expect(words).toContain(`Port ${port} on 127.0.0.1 is in use. Set PORT `);
    expect(words).toContain(`Port ${metricsPort} on 127.0.0.1 is in use. Set METRICS_PORT `);
    expect(existsSync(join(servers.at(-1)?.dataDir ?? '', 'postgres'))).toBe(false);
  });

  it('a database that cannot be reached, without showing its password', async () => {
    const words = await failing({ DATABASE_URL: 'postgres://someone:very-secret@127.0.0.1:1/nothing', LOG_LEVEL: 'silent' });
    expect(words).toContain('127.0.0.1:1/nothing');
    expect(words).not.toContain('very-secret');
  });

  it('a models folder that is not there', async () => {
    expect(await failing({ MODELS_DIR: '/nowhere/models' })).toContain('MODELS_DIR');
  });
});

describe('a model that cannot be served', () => {
  const modelsDir = mkdtempSync(join(tmpdir(), 'touchstone-models-'));
  const server = new Server({ MODELS_DIR: modelsDir });

  beforeAll(async () => {
    mkdirSync(join(modelsDir, 'fake/1'), { recursive: true });
    writeFileSync(join(modelsDir, 'fake/1/model.onnx'), 'this is not an ONNX file');
    mkdirSync(join(modelsDir, 'empty/1'), { recursive: true });
    await server.start();
  });
  afterAll(async () => {
    await server.remove();
    rmSync(modelsDir, { recursive: true, force: true });
  });

  it('is FAILED with its reason, and the server lives', async () => {
    const { models } = await server.data<{ models: readonly { name: string; versions: readonly { state: string; error: string }[] }[] }>(
      '{ models { name versions { state error } } }',
    );
    expect(models.map((model) => [model.name, model.versions[0]?.state])).toEqual([
      ['empty', 'FAILED'],
      ['fake', 'FAILED'],
    ]);
    expect(models[1]?.versions[0]?.error).toContain('not an ONNX model');
    expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ status: 'degraded' });
    const { errors } = await server.request('mutation { predict(input: { model: "fake", features: { values: [1] } }) { id } }');
    expect(errors?.[0]?.extensions.code).toBe('MODEL_NOT_READY');
  });
});

// Runs last in this file; other files run in the same process, one after the other.
it('has no process left over from any of this', async () => {
  const left = await eventually(
    async () => processesNaming('touchstone-acceptance-'),
    (pids) => pids.length === 0,
  );
  expect(left).toEqual([]);
});

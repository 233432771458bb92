import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { type DatabaseOptions, isAvailable, openDatabase } from '../../../src/persistence/database';
import { withDatabase } from '../../../src/persistence/database-errors';
import { EmbeddedPostgres } from '../../../src/persistence/embedded-postgres';
import { FakeLogger } from '../../fakes/fake-logger';
import { createEmptyDatabase } from '../database';
import { eventually } from '../eventually';
import { databaseProcesses, postmasterOf, watchOf } from './database-server';

const unavailable = { code: 'DATABASE_UNAVAILABLE' };
let opened: DataSource[] = [];

async function open(options: Omit<DatabaseOptions, 'logger'>): Promise<DataSource> {
  const dataSource = await openDatabase({ logger: new FakeLogger(), ...options });
  opened.push(dataSource);
  return dataSource;
}

afterEach(async () => {
  for (const dataSource of opened) await dataSource.destroy();
  opened = [];
});

describe('opening a database', () => {
  let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;

  beforeEach(async () => {
    empty = await createEmptyDatabase();
  });
  afterEach(async () => {
    for (const dataSource of opened.splice(0)) await dataSource.destroy();
    await empty.drop();
  });

  it('migrates an empty one once, however many replicas start together', async () => {
    const replicas = await Promise.all([1, 2, 3, 4].map(() => open({ address: empty.address })));
    const [first] = replicas;
    const applied = await first?.query('SELECT name FROM migration ORDER BY id');
    expect(applied).toEqual([
      { name: 'ControlTables1764000000000' },
      { name: 'EventTables1764000000001' },
      { name: 'EarlierLabels1764000000002' },
      { name: 'PredictionEvent1764000000003' },
      { name: 'Segments1764000000004' },
      { name: 'MetricWindows1764000000005' },
      { name: 'SideBySide1764000000006' },
      { name: 'Covariates1764000000007' },
      { name: 'ExperimentLooks1764000000008' },
      { name: 'BanditPhases1764000000009' },
      { name: 'Tallies1764000000010' },
      { name: 'Shadows1764000000011' },
      { name: 'LastSeen1764000000012' },
    ]);
  });

  it('does nothing to one that is up to date', async () => {
    const schema = "SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY oid";
    const before = await (await open({ address: empty.address })).query(schema);
    const after = await (await open({ address: empty.address })).query(schema);
    expect(after).toEqual(before);
  });

  it('gives up at once on a database that does not exist', async () => {
    const address = { ...empty.address, database: 'nobody_made_this' };
    await expect(open({ address })).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('"nobody_made_this" does not exist'),
    });
  });
});

describe('a database that cannot be reached', () => {
  it('is named with its host and without its password', async () => {
    const address = { url: 'postgres://ada:s3cret@127.0.0.1:1/numbers' };
    const error = await open({ address, connectTimeoutMs: 0 }).catch((reason: Error) => reason);
    expect(error).toMatchObject({ ...unavailable, message: expect.stringContaining('127.0.0.1:1/numbers') });
    expect(error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
    expect(String(error)).not.toContain('s3cret');
  });

  it('is waited for', async () => {
    // Hangs up on everybody: what a proxy does while the database behind it starts.
    const refusing = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => refusing.once('listening', resolve));
    const { port } = refusing.address() as { port: number };
    const logger = new FakeLogger();
    const opening = openDatabase({ address: { url: `postgres://ada@127.0.0.1:${port}/numbers` }, logger, connectTimeoutMs: 1_000 });
    await expect(opening).rejects.toMatchObject(unavailable);
    expect(logger.lines.filter(({ event }) => event === 'database_not_reached').length).toBeGreaterThan(1);
    await new Promise((resolve) => refusing.close(resolve));
  });
});

describe('a database in trouble', () => {
  let dataDir: string;
  let embedded: EmbeddedPostgres;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'touchstone-trouble-'));
    embedded = await EmbeddedPostgres.start({ dataDir, logger: new FakeLogger() });
  });
  afterAll(async () => {
    await embedded.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const answersAgain = (dataSource: DataSource) =>
    eventually('the database answers', async () => ((await isAvailable(dataSource)) ? true : null));

  it('is reconnected to after its processes were killed', async () => {
    const dataSource = await open({ address: embedded.connection });
    const before = postmasterOf(dataDir);
    process.kill(before, 'SIGKILL');
    await eventually('a new postmaster', () => ((postmasterOfOrNull(dataDir) ?? before) === before ? null : true));
    await answersAgain(dataSource);
    expect(await dataSource.query('SELECT count(*)::int AS n FROM metric')).toEqual([{ n: 0 }]);
  });

  it('is unavailable to the transaction whose connection breaks, and there for the next', async () => {
    const dataSource = await open({ address: embedded.connection });
    const broken = withDatabase(() =>
      dataSource.transaction(async (manager) => {
        const [{ pid }] = await manager.query('SELECT pg_backend_pid() AS pid');
        const lost = new Promise((resolve) => manager.queryRunner?.connect().then((client) => client.once('end', resolve)));
        await dataSource.query('SELECT pg_terminate_backend($1)', [pid]);
        await lost;
        await manager.query('SELECT 1');
      }),
    );
    await expect(broken).rejects.toMatchObject({ ...unavailable, details: { retryAfterMs: 1000 } });
    expect(await isAvailable(dataSource)).toBe(true);
  });

  it('cancels a statement that takes too long', async () => {
    const dataSource = await open({ address: embedded.connection, statementTimeoutMs: 200 });
    await expect(withDatabase(() => dataSource.query('SELECT pg_sleep(60)'))).rejects.toMatchObject(unavailable);
    expect(await isAvailable(dataSource)).toBe(true);
  });

  it('is unavailable while it is frozen, and there when it thaws', async () => {
    const dataSource = await open({ address: embedded.connection, statementTimeoutMs: 200, poolSize: 1 });
    const frozen = databaseProcesses(dataDir).filter((pid) => pid !== watchOf(dataDir));
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    try {
      expect(await isAvailable(dataSource, 100)).toBe(false);
      await expect(withDatabase(() => dataSource.query('SELECT 1'))).rejects.toMatchObject(unavailable);
    } finally {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
    }
    await answersAgain(dataSource);
  });
});

function postmasterOfOrNull(dataDir: string): number | null {
  try {
    return postmasterOf(dataDir);
  } catch {
    return null;
  }
}

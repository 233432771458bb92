import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { EmbeddedPostgres } from '../../../src/persistence/embedded-postgres';
import { FakeLogger } from '../../fakes/fake-logger';
import { eventually } from '../eventually';
import { commandsWithout, DatabaseServer, databaseProcesses, postmasterOf, queryOnce, watchOf } from './database-server';

// Each of these makes a database or several, and the machine may be busy.
jest.setTimeout(60_000);

describe('EmbeddedPostgres', () => {
  let seed: string;
  let dataDir: string;
  let servers: DatabaseServer[];

  const launch = (...parameters: Parameters<typeof DatabaseServer.launch>) => {
    const server = DatabaseServer.launch(...parameters);
    servers.push(server);
    return server;
  };
  const everythingEnded = () => eventually('no database process remains', () => (databaseProcesses(dataDir).length === 0 ? true : null));

  beforeAll(async () => {
    // Made once and copied: what most of these are about comes after.
    seed = mkdtempSync(join(tmpdir(), 'touchstone-seed-'));
    const database = await EmbeddedPostgres.start({ dataDir: seed, logger: new FakeLogger() });
    await database.stop();
  });
  afterAll(() => rmSync(seed, { recursive: true }));
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'touchstone-embedded-'));
    execFileSync('cp', ['-R', '-p', join(seed, 'postgres'), dataDir]);
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.kill();
    await everythingEnded();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('makes what is missing, starts, stops without a trace, and keeps its rows until the next start', async () => {
    rmSync(join(dataDir, 'postgres'), { recursive: true });
    const first = launch(dataDir);
    const connection = await first.ready();
    expect(statSync(connection.host).mode & 0o777).toBe(0o700);
    await queryOnce(connection, 'CREATE TABLE kept AS SELECT 7 AS n');
    await first.stop();
    expect(databaseProcesses(dataDir)).toEqual([]);
    expect(existsSync(connection.host)).toBe(false);
    expect(await queryOnce(await launch(dataDir).ready(), 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  it('runs durably and in UTC', async () => {
    const [row] = await queryOnce(
      await launch(dataDir).ready(),
      "SELECT current_setting('fsync') AS fsync, current_setting('TimeZone') AS zone, current_setting('listen_addresses') AS addresses",
    );
    expect(row).toEqual({ fsync: 'on', zone: 'UTC', addresses: '' });
  });

  it('ends with a server that is killed, and the next one starts at once, again and again', async () => {
    for (let round = 0; round < 4; round++) {
      const server = launch(dataDir);
      const connection = await server.ready();
      await queryOnce(connection, `CREATE TABLE round_${round} (n int)`);
      await server.kill();
    }
    await everythingEnded();
    const tables = await queryOnce(await launch(dataDir).ready(), "SELECT count(*)::int AS n FROM pg_tables WHERE tablename LIKE 'round%'");
    expect(tables).toEqual([{ n: 4 }]);
  });

  it('takes over when the server and its watch are killed together, which leaves an orphan', async () => {
    const server = launch(dataDir);
    await queryOnce(await server.ready(), 'CREATE TABLE kept AS SELECT 7 AS n');
    const orphan = postmasterOf(dataDir);
    process.kill(watchOf(dataDir), 'SIGKILL');
    await server.kill();
    const connection = await launch(dataDir).ready();
    expect(await queryOnce(connection, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
    expect(postmasterOf(dataDir)).not.toBe(orphan);
  });

  it.each([
    { victim: 'postmaster', find: postmasterOf },
    { victim: 'watch', find: watchOf },
  ])('comes back under the same address when its $victim is killed', async ({ find }) => {
    const server = launch(dataDir);
    const connection = await server.ready();
    const before = postmasterOf(dataDir);
    process.kill(find(dataDir), 'SIGKILL');
    const answer = await eventually('the database answers again', async () => {
      try {
        const rows = await queryOnce(connection, 'SELECT 7 AS n');
        return postmasterOf(dataDir) === before ? null : rows;
      } catch {
        return null;
      }
    });
    expect(answer).toEqual([{ n: 7 }]);
    await server.stop();
    expect(databaseProcesses(dataDir)).toEqual([]);
  });

  it('leaves no half-made database when the server is killed while it makes one', async () => {
    rmSync(join(dataDir, 'postgres'), { recursive: true });
    const server = launch(dataDir);
    await eventually('initdb is at work', () => readdirSync(dataDir).find((name) => name.includes('unfinished')) ?? null);
    await server.kill();
    // At once, while the first initdb may still be dying; what that keeps from going goes with the start after.
    await queryOnceAndStop(launch(dataDir), 'CREATE TABLE kept (n int)');
    await queryOnceAndStop(launch(dataDir), 'SELECT n FROM kept');
    expect(readdirSync(dataDir).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  it('still answers while the server stops after Ctrl-C, which goes to the whole process group', async () => {
    const server = launch(dataDir);
    await server.ready();
    expect(await server.interruptGroup()).toEqual({ answered: true });
    expect(databaseProcesses(dataDir)).toEqual([]);
  });

  it('takes a relative folder', async () => {
    await launch(relative(tmpdir(), dataDir), { cwd: tmpdir() }).ready();
    expect(existsSync(join(dataDir, 'postgres', 'PG_VERSION'))).toBe(true);
  });

  it('does not touch a folder of that name that is something else', async () => {
    rmSync(join(dataDir, 'postgres'), { recursive: true });
    mkdirSync(join(dataDir, 'postgres', 'precious'), { recursive: true });
    expect(await launch(dataDir).failed()).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('holds no PostgreSQL database'),
    });
    expect(existsSync(join(dataDir, 'postgres', 'precious'))).toBe(true);
  });

  it('refuses a second server on the folder, naming the first', async () => {
    const first = launch(dataDir);
    await first.ready();
    const { code, message } = await launch(dataDir).failed();
    expect(code).toBe('CONFLICT');
    expect(message).toContain(`pid ${first.pid}`);
  });

  // Another user than root is only ever needed by root; for anybody else these are three plain starts.
  it('keeps its rows when the ways around root change between starts', async () => {
    chmodSync(dataDir, 0o711);
    const paths = [commandsWithout('unshare'), commandsWithout('unshare', 'id')] as const;
    await queryOnceAndStop(launch(dataDir), 'CREATE TABLE kept AS SELECT 7 AS n');
    await queryOnceAndStop(launch(dataDir, { path: paths[0] }), 'INSERT INTO kept VALUES (8)');
    await queryOnceAndStop(launch(dataDir, { path: paths[1] }), 'INSERT INTO kept VALUES (9)');
    expect(await queryOnceAndStop(launch(dataDir), 'SELECT n FROM kept')).toEqual([{ n: 7 }, { n: 8 }, { n: 9 }]);
    for (const path of paths) rmSync(path, { recursive: true });
  });
});

async function queryOnceAndStop(server: DatabaseServer, sql: string): Promise<readonly Record<string, unknown>[]> {
  const rows = await queryOnce(await server.ready(), sql);
  await server.stop();
  return rows;
}

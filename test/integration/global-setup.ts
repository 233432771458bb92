import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/persistence/database';
import { EmbeddedPostgres } from '../../src/persistence/embedded-postgres';
import { FakeLogger } from '../fakes/fake-logger';
import { administer, announceCluster, type ClusterAddress } from './cluster';

interface TestCluster {
  readonly address: ClusterAddress;
  stop(): Promise<void>;
}

/**
 * One real PostgreSQL for the whole run (about a second), with a migrated template that each test file clones. TEST_DATABASE_URL takes
 * another server instead, to run the suite against another version of PostgreSQL.
 */
// biome-ignore lint/style/noDefaultExport: jest takes the default export of this file.
export default async function setup(): Promise<void> {
  const url = process.env.TEST_DATABASE_URL;
  const cluster = url ? foreignCluster(new URL(url)) : await startCluster();
  const template = `touchstone_template_${randomUUID().replaceAll('-', '')}`;
  await administer(cluster.address, `CREATE DATABASE ${template} TEMPLATE template0`);
  const dataSource = await openDatabase({ address: { ...cluster.address, database: template }, logger: new FakeLogger() });
  await dataSource.destroy();
  announceCluster(cluster.address, template);
  Object.assign(globalThis, {
    stopTouchstoneTestCluster: async () => {
      await administer(cluster.address, `DROP DATABASE ${template}`);
      await cluster.stop();
    },
  });
}

async function startCluster(): Promise<TestCluster> {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-test-'));
  const embedded = await EmbeddedPostgres.start({ dataDir, logger: new FakeLogger() });
  return {
    address: embedded.connection,
    stop: async () => {
      await embedded.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function foreignCluster({ searchParams, hostname, port, username, pathname }: URL): TestCluster {
  const address = {
    host: searchParams.get('host') ?? hostname,
    port: Number(port || 5432),
    user: username,
    database: pathname.slice(1) || 'postgres',
  };
  return { address, stop: async () => {} };
}

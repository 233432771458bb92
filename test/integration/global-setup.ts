import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { openDatabase } from '../../src/persistence/database';
import { EmbeddedPostgres } from '../../src/persistence/embedded-postgres';
import { FakeLogger } from '../fakes/fake-logger';
import { addressVariable, templateDatabase } from './cluster';

/** Starts one real PostgreSQL for the whole run (about a second) and migrates a template that each test file clones. */
// biome-ignore lint/style/noDefaultExport: jest takes the default export of this file.
export default async function setup(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-test-'));
  const cluster = await EmbeddedPostgres.start({ dataDir, logger: new FakeLogger() });
  const client = new Client(cluster.connection);
  await client.connect();
  await client.query(`CREATE DATABASE ${templateDatabase}`);
  await client.end();
  const template = await openDatabase({ address: { ...cluster.connection, database: templateDatabase }, logger: new FakeLogger() });
  await template.destroy();
  process.env[addressVariable] = JSON.stringify(cluster.connection);
  Object.assign(globalThis, { touchstoneTestCluster: { cluster, dataDir } });
}

import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { openDatabase } from '../../src/persistence/database';
import { FakeLogger } from '../fakes/fake-logger';
import { adminClient, clusterConnection, templateDatabase } from './cluster';

export interface TestDatabase {
  readonly dataSource: DataSource;
  /** How another process or a second data source reaches it. */
  readonly address: { readonly host: string; readonly user: string; readonly database: string };
  drop(): Promise<void>;
}

/** A migrated database of its own for one test file: cloned from the template in milliseconds. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE ${templateDatabase}`);
  const address = { ...clusterConnection(), database: name };
  const dataSource = await openDatabase({ address, logger: new FakeLogger(), poolSize: 5 });
  return {
    dataSource,
    address,
    drop: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await administer(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function administer(statement: string): Promise<void> {
  const client = adminClient();
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

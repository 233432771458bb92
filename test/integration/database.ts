import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { openDatabase } from '../../src/persistence/database';
import { FakeLogger } from '../fakes/fake-logger';
import { administer, type ClusterAddress, clusterAddress, templateDatabase } from './cluster';

export interface TestDatabase {
  readonly dataSource: DataSource;
  /** How another process or a second data source reaches it. */
  readonly address: ClusterAddress;
  drop(): Promise<void>;
}

/** A migrated database of its own for one test file: cloned from the template in milliseconds. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { address, drop } = await createDatabase(templateDatabase());
  const dataSource = await openDatabase({ address, logger: new FakeLogger(), poolSize: 5 });
  return {
    dataSource,
    address,
    drop: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await drop();
    },
  };
}

/** A database with nothing in it. */
export function createEmptyDatabase(): Promise<Omit<TestDatabase, 'dataSource'>> {
  return createDatabase('template0');
}

async function createDatabase(template: string): Promise<Omit<TestDatabase, 'dataSource'>> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(clusterAddress(), `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    address: { ...clusterAddress(), database: name },
    drop: () => administer(clusterAddress(), `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

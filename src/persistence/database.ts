import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions';
import { ControlTables1764000000000 } from '../../migrations/1764000000000-control-tables';
import { EventTables1764000000001 } from '../../migrations/1764000000001-event-tables';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import type { EmbeddedConnection } from './embedded-postgres';
import { entities } from './entities';

export type DatabaseAddress = { readonly url: string } | EmbeddedConnection;

export interface DatabaseOptions {
  readonly address: DatabaseAddress;
  readonly logger: Logger;
  /** How long to keep trying at start; a database that starts together with the server takes a while. */
  readonly connectTimeoutMs?: number;
  readonly poolSize?: number;
}

/** In the order in which they run. */
export const migrations = [ControlTables1764000000000, EventTables1764000000001];

/** Any constant does, as long as nobody else in the database uses it. */
const migrationLock = 0x6d696772;
const defaultConnectTimeoutMs = 30_000;
const statementTimeoutMs = 10_000;

export function dataSourceOptions(address: DatabaseAddress, poolSize = 10): PostgresDataSourceOptions {
  const where = 'url' in address ? { url: address.url } : { host: address.host, username: address.user, database: address.database };
  return {
    type: 'postgres',
    ...where,
    entities,
    migrations,
    migrationsTableName: 'migration',
    // Each migration in its own transaction: a failing one leaves those before it in place.
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    poolSize,
    applicationName: 'touchstone',
    extra: { statement_timeout: statementTimeoutMs, connectionTimeoutMillis: 5_000, keepAlive: true },
  };
}

/**
 * Connects, with retries, and brings the schema up to date. Replicas that start together wait for each other's migrations.
 * @throws AppError DATABASE_UNAVAILABLE naming the host (never the password).
 */
export async function openDatabase({
  address,
  logger,
  connectTimeoutMs = defaultConnectTimeoutMs,
  poolSize,
}: DatabaseOptions): Promise<DataSource> {
  const dataSource = new DataSource({
    ...dataSourceOptions(address, poolSize),
    // A connection that breaks while it is idle is replaced at the next query; without this handler it would end the process.
    poolErrorHandler: (error: unknown) => logger.warn('database_connection_lost', { error }),
  });
  await connect(dataSource, address, logger, connectTimeoutMs);
  try {
    await migrate(dataSource);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return dataSource;
}

async function connect(dataSource: DataSource, address: DatabaseAddress, logger: Logger, timeoutMs: number): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    try {
      await dataSource.initialize();
      return;
    } catch (error) {
      const reason = error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error);
      if (Date.now() + pauseMs > deadlineMs) {
        throw new AppError(
          'DATABASE_UNAVAILABLE',
          `The database at ${describe(address)} cannot be used: ${reason}. Check DATABASE_URL and that it is up.`,
          { cause: error },
        );
      }
      logger.warn('database_not_reached', { database: describe(address), reason });
      await delay(pauseMs);
    }
  }
}

async function migrate(dataSource: DataSource): Promise<void> {
  const holder = dataSource.createQueryRunner();
  try {
    // Waiting for another replica's migrations may take longer than any statement of ours.
    await holder.query('SET statement_timeout = 0');
    await holder.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    try {
      await dataSource.runMigrations();
    } finally {
      await holder.query('SELECT pg_advisory_unlock($1)', [migrationLock]);
      await holder.query(`SET statement_timeout = ${statementTimeoutMs}`);
    }
  } finally {
    await holder.release();
  }
}

function describe(address: DatabaseAddress): string {
  if (!('url' in address)) return address.host;
  const { host, pathname } = new URL(address.url);
  return `${host}${pathname}`;
}

/** Whether the database answers within `timeoutMs`. */
export async function isAvailable(dataSource: DataSource, timeoutMs = 2_000): Promise<boolean> {
  const answered = dataSource.query('SELECT 1').then(
    () => true,
    () => false,
  );
  const late = delay(timeoutMs, false, { ref: false });
  return Promise.race([answered, late]);
}

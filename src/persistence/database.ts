import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions';
import { ControlTables1764000000000 } from '../../migrations/1764000000000-control-tables';
import { EventTables1764000000001 } from '../../migrations/1764000000001-event-tables';
import { EarlierLabels1764000000002 } from '../../migrations/1764000000002-earlier-labels';
import { PredictionEvent1764000000003 } from '../../migrations/1764000000003-prediction-event';
import { Segments1764000000004 } from '../../migrations/1764000000004-segments';
import { MetricWindows1764000000005 } from '../../migrations/1764000000005-metric-windows';
import { SideBySide1764000000006 } from '../../migrations/1764000000006-side-by-side';
import { Covariates1764000000007 } from '../../migrations/1764000000007-covariates';
import { ExperimentLooks1764000000008 } from '../../migrations/1764000000008-experiment-looks';
import { BanditPhases1764000000009 } from '../../migrations/1764000000009-bandit-phases';
import { Tallies1764000000010 } from '../../migrations/1764000000010-tallies';
import { Shadows1764000000011 } from '../../migrations/1764000000011-shadows';
import { LastSeen1764000000012 } from '../../migrations/1764000000012-last-seen';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import { sqlState, withDatabase } from './database-errors';
import type { DatabaseAddress } from './embedded-postgres';
import { entities } from './entities';

export interface DatabaseOptions {
  readonly address: DatabaseAddress;
  readonly logger: Logger;
  /** How long to keep trying at start; a database that starts together with the server takes a while. */
  readonly connectTimeoutMs?: number;
  readonly poolSize?: number;
  readonly statementTimeoutMs?: number;
}

/** In the order in which they run. */
const migrations = [
  ControlTables1764000000000,
  EventTables1764000000001,
  EarlierLabels1764000000002,
  PredictionEvent1764000000003,
  Segments1764000000004,
  MetricWindows1764000000005,
  SideBySide1764000000006,
  Covariates1764000000007,
  ExperimentLooks1764000000008,
  BanditPhases1764000000009,
  Tallies1764000000010,
  Shadows1764000000011,
  LastSeen1764000000012,
];

/** Any constant does, as long as nobody else in the database uses it. */
const migrationLock = 0x6d696772;
const defaults = Object.freeze({ connectTimeoutMs: 30_000, poolSize: 10, statementTimeoutMs: 10_000 });
/** A server that is frozen or cut off cancels nothing: then this side gives up, this much later than the server should have. */
const silenceFactor = 1.5;
/** Wrong user, password or database name: waiting does not help. */
const hopeless = /^(28|3D)/;

/** `statementTimeoutMs` 0: none. */
export function dataSourceOptions(
  address: DatabaseAddress,
  { poolSize, statementTimeoutMs }: { readonly poolSize: number; readonly statementTimeoutMs: number } = defaults,
): PostgresDataSourceOptions {
  const timeouts = statementTimeoutMs > 0 && { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs * silenceFactor };
  return {
    type: 'postgres',
    ...where(address),
    entities,
    migrations,
    migrationsTableName: 'migration',
    // Each migration in its own transaction: a failing one leaves those before it in place.
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    poolSize,
    applicationName: 'touchstone',
    extra: { ...timeouts, connectionTimeoutMillis: 5_000, keepAlive: true, keepAliveInitialDelayMillis: 10_000 },
  };
}

function where(address: DatabaseAddress): Partial<PostgresDataSourceOptions> {
  if ('url' in address) return { url: address.url };
  const { host, port, user: username, database } = address;
  // PGSSLMODE in the environment is meant for other servers: a unix socket has no TLS.
  return { host, port, username, database, ssl: false };
}

/**
 * Connects, with retries, and brings the schema up to date. Replicas that start together wait for each other's migrations.
 * @throws AppError DATABASE_UNAVAILABLE naming the host (never the password).
 */
export async function openDatabase(options: DatabaseOptions): Promise<DataSource> {
  const settings = { ...defaults, ...options };
  // Migrations have a connection of their own: a change of a large table may take longer than any statement of a request.
  const migrating = await connect({ ...settings, poolSize: 2, statementTimeoutMs: 0 });
  try {
    await withDatabase(() => migrate(migrating));
  } finally {
    await migrating.destroy();
  }
  return connect(settings);
}

/** Connects, with retries, to a database whose schema is up to date. @throws as `openDatabase` */
export function connectDatabase(options: DatabaseOptions): Promise<DataSource> {
  return connect({ ...defaults, ...options });
}

async function connect({ address, logger, connectTimeoutMs, ...options }: Required<DatabaseOptions>): Promise<DataSource> {
  const dataSource: DataSource = new DataSource({
    ...dataSourceOptions(address, options),
    // A connection that breaks while it is idle is replaced at the next query; without this handler it would end the process.
    poolErrorHandler: (error: unknown) => {
      // A connection that was let go may still hear the database's own good-bye.
      if (dataSource.isInitialized) logger.warn('database_connection_lost', { error });
    },
  });
  const giveUpAtMs = performance.now() + connectTimeoutMs;
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    try {
      return await dataSource.initialize();
    } catch (error) {
      const reason = error instanceof Error ? error.message || sqlState(error) : String(error);
      if (hopeless.test(sqlState(error)) || performance.now() + pauseMs > giveUpAtMs) {
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
    await holder.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    try {
      await dataSource.runMigrations();
    } finally {
      await holder.query('SELECT pg_advisory_unlock($1)', [migrationLock]);
    }
  } finally {
    await holder.release();
  }
}

/** Host and database, without user and password. */
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

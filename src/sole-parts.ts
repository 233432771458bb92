import type { StopStack } from './concurrency/stop-stack';
import { type Config, ConfigError } from './config';
import type { Logger } from './events/logger';
import { type ListenAddress, listenProblems } from './http/listen';
import { DataDirLock } from './persistence/data-dir-lock';
import { type DatabaseAddress, EmbeddedPostgres } from './persistence/embedded-postgres';
import { type MetricsPage, MetricsServer } from './telemetry/metrics-server';

/* What a server has once, however many processes it runs: the data folder, the ports, the embedded database, the page of metrics. */

/**
 * What another server may have already, refused at once, before the database takes its seconds to start.
 * @throws ConfigError with a sentence for each address that is taken
 */
export async function claim(dataDir: string, addresses: readonly ListenAddress[], parts: StopStack): Promise<void> {
  const lock = DataDirLock.acquire(dataDir);
  parts.add(() => lock.release());
  const problems = await listenProblems(addresses);
  if (problems.length > 0) throw new ConfigError(problems);
}

export function apiAddress({ HOST, PORT }: Pick<Config, 'HOST' | 'PORT'>): ListenAddress {
  return { host: HOST, port: PORT, hostOption: 'HOST', portOption: 'PORT' };
}

export function metricsAddress({ METRICS_HOST, HOST, METRICS_PORT }: Config): ListenAddress {
  return { host: METRICS_HOST ?? HOST, port: METRICS_PORT, hostOption: 'METRICS_HOST', portOption: 'METRICS_PORT' };
}

/** Where the database is that DATABASE_URL names; without it one is started. */
export async function startDatabase(
  { DATABASE_URL, DATA_DIR, PROCESSES }: Config,
  logger: Logger,
  parts: StopStack,
): Promise<DatabaseAddress> {
  if (DATABASE_URL !== undefined) return { url: DATABASE_URL };
  const embedded = await EmbeddedPostgres.start({ dataDir: DATA_DIR, logger, clients: PROCESSES });
  parts.add(() => embedded.stop());
  return embedded.connection;
}

/** @returns the URL of the metrics. */
export async function serveMetrics(config: Config, page: MetricsPage, logger: Logger, parts: StopStack): Promise<string> {
  const { host, port } = metricsAddress(config);
  const server = new MetricsServer({ page, host, port, logger });
  const url = await server.start();
  parts.add(() => server.stop());
  return url;
}

import { createServer } from 'node:http';
import { join } from 'node:path';
import { StopStack } from './concurrency/stop-stack';
import type { Config } from './config';
import type { Logger } from './events/logger';
import { listen } from './http/listen';
import { DataDirLock } from './persistence/data-dir-lock';
import { EmbeddedPostgres } from './persistence/embedded-postgres';
import { ProcessGroup } from './processes/process-group';
import { GroupMetrics } from './telemetry/group-metrics';
import { MetricsServer } from './telemetry/metrics-server';

/** What a serving process is told, as JSON. */
export interface ServingTask {
  readonly config: Config;
  readonly productVersion: string;
  /** Which of the processes it is, from 1 on. */
  readonly place: number;
  /** Null: DATABASE_URL. */
  readonly database: EmbeddedPostgres['connection'] | null;
}

export interface RunningGroup {
  readonly url: string;
  readonly metricsUrl: string;
  stop(): Promise<void>;
  /** Ends all processes as they are. */
  kill(): void;
}

/** Beyond `DRAIN_DELAY_MS`; a process needs at most about half of it. */
const stopTimeoutMs = 60_000;

/**
 * What `app.ts` is to a serving process, this is to the one that supervises several: it holds the data folder, runs the database, deals out the
 * connections and shows the metrics of all; it answers no request itself, so nothing that a request does can end it.
 */
export async function startPrimary(config: Config, productVersion: string, logger: Logger): Promise<RunningGroup> {
  const parts = new StopStack((error) => logger.error('stop_failed', { error }));
  try {
    const lock = DataDirLock.acquire(config.DATA_DIR);
    parts.add(() => lock.release());
    const settled = { ...config, PORT: await freePort(config) };
    const database = await startDatabase(settled, logger, parts);
    const group = new ProcessGroup<ServingTask>({
      script: join(__dirname, 'serving-process.js'),
      tasks: Array.from({ length: config.PROCESSES }, (_, index) => ({ config: settled, productVersion, place: index + 1, database })),
      logger,
      stopTimeoutMs: config.DRAIN_DELAY_MS + stopTimeoutMs,
    });
    const metricsUrl = await serveMetrics(config, group, logger, parts);
    const url = await group.start();
    parts.add(() => group.stop());
    return { url, metricsUrl, stop: () => parts.stop(), kill: () => group.kill() };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** Known before the first process starts, because a port that is 0 would be another one after all of them had to be replaced. */
async function freePort({ HOST, PORT }: Config): Promise<number> {
  const server = createServer();
  const port = await listen(server, HOST, PORT);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startDatabase(config: Config, logger: Logger, parts: StopStack) {
  if (config.DATABASE_URL !== undefined) return null;
  const embedded = await EmbeddedPostgres.start({ dataDir: config.DATA_DIR, logger, clients: config.PROCESSES });
  parts.add(() => embedded.stop());
  return embedded.connection;
}

async function serveMetrics(config: Config, group: ProcessGroup<ServingTask>, logger: Logger, parts: StopStack): Promise<string> {
  const page = new GroupMetrics(() => group.askMetrics());
  group.onGone((processId) => page.forget(processId));
  const server = new MetricsServer({ page, host: config.METRICS_HOST ?? config.HOST, port: config.METRICS_PORT, logger });
  const url = await server.start();
  parts.add(() => server.stop());
  return url;
}

import { join } from 'node:path';
import { StopStack } from './concurrency/stop-stack';
import type { Config } from './config';
import type { Logger } from './events/logger';
import { urlOf } from './http/door';
import { listen } from './http/listen';
import type { DatabaseAddress } from './persistence/embedded-postgres';
import { ProcessGroup } from './processes/process-group';
import { apiAddress, claim, metricsAddress, serveMetrics, startDatabase } from './sole-parts';
import { GroupMetrics } from './telemetry/group-metrics';

/** What a serving process is told, as JSON. */
export interface ServingTask {
  readonly config: Config;
  readonly productVersion: string;
  /** Which of the processes it is, from 1 on. */
  readonly place: number;
  readonly database: DatabaseAddress;
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
    await claim(config.DATA_DIR, [apiAddress(config), metricsAddress(config)], parts);
    const database = await startDatabase(config, logger, parts);
    const page: GroupMetrics = new GroupMetrics(() => group.askMetrics());
    const group: ProcessGroup<ServingTask> = new ProcessGroup<ServingTask>({
      script: join(__dirname, 'serving-process.js'),
      tasks: Array.from({ length: config.PROCESSES }, (_, index) => ({ config, productVersion, place: index + 1, database })),
      logger,
      stopTimeoutMs: config.DRAIN_DELAY_MS + stopTimeoutMs,
      onGone: (processId) => page.forget(processId),
    });
    const metricsUrl = await serveMetrics(config, page, logger, parts);
    await group.start();
    parts.add(() => group.stop());
    // Opened when all processes are ready, so that until then connections are refused.
    const port = await listen(group.server, apiAddress(config));
    return { url: urlOf(config.HOST, port), metricsUrl, stop: () => parts.stop(), kill: () => group.kill() };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError, parseConfig, processEnvironment } from './config';
import type { Logger } from './events/logger';
import { keepYoungObjectsYoung } from './young-memory';

interface Running {
  readonly url: string;
  readonly metricsUrl: string | null;
  stop(): Promise<void>;
  /** Ends at once what would outlive this process. */
  kill?(): void;
}

/** Reads the options, starts the app (or a group of processes that each run it), handles signals. */
async function main(): Promise<void> {
  // Before anything loads graphql (it looks once) or the inference runtime (its telemetry must be off when it starts).
  const environment = processEnvironment();
  keepYoungObjectsYoung();
  const config = parseConfig(environment);
  const { createLogger } = await import('./telemetry/logger.js');
  const logger = createLogger(config.LOG_LEVEL);
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { readonly version: string };
  const running = config.PROCESSES > 1 ? await startGroup(config, version, logger) : await startAlone(config, version, logger);
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // The second signal means: now.
    if (isStopping) {
      running.kill?.();
      process.exit(1);
    }
    isStopping = true;
    logger.info('stopping', { signal });
    void running.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Last: whoever reads this line may send a signal at once.
  process.stdout.write(`Touchstone ready at ${running.url} (pid ${process.pid}, metrics ${running.metricsUrl})\n`);
}

async function startAlone(config: Config, version: string, logger: Logger): Promise<Running> {
  const [{ startApp }, { leftoverFolders }] = await Promise.all([import('./app.js'), import('./journal/journal-folders.js')]);
  const folders = await leftoverFolders(config.DATA_DIR, config.PROCESSES);
  return startApp(config, { group: null, leftovers: { folders, lockedFolder: null } }, version, logger);
}

/** Loads nothing of what only the processes need. */
async function startGroup(config: Config, version: string, logger: Logger): Promise<Running> {
  const { startPrimary } = await import('./primary.js');
  return startPrimary(config, version, logger);
}

main().catch((error: unknown) => {
  const sentences = error instanceof ConfigError ? error.problems : [error instanceof Error ? error.message : String(error)];
  for (const sentence of sentences) process.stderr.write(`Touchstone cannot start: ${sentence}\n`);
  process.exit(1);
});

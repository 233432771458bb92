import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, parseConfig, processEnvironment } from './config';

/** Reads the options, starts the app, handles signals. */
async function main(): Promise<void> {
  // Before anything loads graphql (it looks once) or the inference runtime (its telemetry must be off when it starts).
  const environment = processEnvironment();
  const config = parseConfig(environment);
  const [{ startApp }, { createLogger }] = await Promise.all([import('./app.js'), import('./telemetry/logger.js')]);
  const logger = createLogger(config.LOG_LEVEL);
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { readonly version: string };
  const app = await startApp(config, version, logger);
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // The second signal means: now.
    if (isStopping) process.exit(1);
    isStopping = true;
    logger.info('stopping', { signal });
    void app.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Last: whoever reads this line may send a signal at once.
  process.stdout.write(`Touchstone ready at ${app.url} (pid ${process.pid}, metrics ${app.metricsUrl})\n`);
}

main().catch((error: unknown) => {
  const sentences = error instanceof ConfigError ? error.problems : [error instanceof Error ? error.message : String(error)];
  for (const sentence of sentences) process.stderr.write(`Touchstone cannot start: ${sentence}\n`);
  process.exit(1);
});

import type { Socket } from 'node:net';
import { type RunningApp, startApp } from './app';
import type { Logger } from './events/logger';
import { leftoverFolders, processFolder } from './journal/journal-folders';
import type { ServingTask } from './primary';
import { DealtConnections } from './processes/dealt-connections';
import type { FromServingProcess, ToServingProcess } from './processes/group-messages';
import { createLogger } from './telemetry/logger';
import { keepYoungObjectsYoung } from './young-memory';

/*
 * What one process of several runs: to the others it is what a replica is, with a folder of its own for its journal. The primary tells it what to
 * do, hands it its connections, and tells it when to end.
 */

const tell = (message: FromServingProcess, then: () => void = () => {}) => {
  if (process.connected) process.send?.(message, undefined, undefined, then);
  else then();
};

let app: RunningApp | null = null;
let door: DealtConnections | null = null;
let logger: Logger | null = null;
let isStopping = false;

async function serve({ config, database, place, productVersion }: ServingTask): Promise<void> {
  const { DATA_DIR, PROCESSES, JOURNAL_MAX_BYTES, LOG_LEVEL } = config;
  // Each says what the whole server may take: each process gets its share.
  const share = { JOURNAL_MAX_BYTES: Math.floor(JOURNAL_MAX_BYTES / PROCESSES), DATA_DIR: processFolder(DATA_DIR, place) };
  // One process looks after what others left; the primary has locked the data folder itself.
  const folders = place === 1 ? await leftoverFolders(DATA_DIR, PROCESSES) : [];
  door = new DealtConnections({
    port: config.PORT,
    onEnded: () => tell({ kind: 'ended' }),
    onClosing: () => tell({ kind: 'closing' }),
  });
  const surroundings = { group: { door, database }, leftovers: { folders, lockedFolder: DATA_DIR } };
  logger = createLogger(LOG_LEVEL, { process: place });
  app = await startApp({ ...config, ...share }, surroundings, productVersion, logger);
  tell({ kind: 'ready' });
}

async function readMetrics(): Promise<readonly object[] | null> {
  try {
    return (await app?.metrics()) ?? null;
  } catch (error) {
    logger?.error('metrics_scrape_failed', { error });
    return null;
  }
}

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  await app?.stop();
  process.exit(0);
}

keepYoungObjectsYoung();
// Ctrl-C in a terminal reaches every process of the group: only the primary answers it, and tells the others.
process.on('SIGINT', () => {});
// Sent to one process, it makes room for a fresh one.
process.on('SIGTERM', () => void stop());
// The primary is gone, and nobody would ever end this one: at once, as by kill -9; what was acknowledged is in the journal.
process.on('disconnect', () => process.exit(1));
process.on('message', (message: ToServingProcess<ServingTask>, socket?: Socket) => {
  switch (message.kind) {
    case 'serve':
      serve(message.task).catch((error: unknown) => {
        const sentences = [error instanceof Error ? error.message : String(error)];
        tell({ kind: 'failed', sentences }, () => process.exit(1));
      });
      break;
    case 'connection':
      tell({ kind: 'taken' });
      // Undefined: its client was gone before it came.
      if (socket) door?.take(socket);
      else tell({ kind: 'ended' });
      break;
    case 'closed':
      door?.lastCame();
      break;
    case 'metrics':
      void readMetrics().then((metrics) => tell({ kind: 'metrics', askId: message.askId, metrics }));
      break;
    case 'stop':
      void stop();
      break;
  }
});

import { parentPort, workerData } from 'node:worker_threads';
import { lowerThreadPriority } from './concurrency/thread-priority';
import { JournalView } from './journal/journal-view';
import { connectDatabase } from './persistence/database';
import { EventIngester } from './persistence/ingest/event-ingester';
import type { FromIngestThread, IngestSettings, ToIngestThread } from './persistence/ingest/ingest-protocol';
import { Partitions } from './persistence/partitions';
import { forwardingLogger } from './telemetry/forwarding-logger';

/*
 * The second composition root: what `app.ts` is to the process, this is to the ingester's thread. It reads files of the journal and writes to the
 * database, two rooms that do not know each other.
 */

const port = parentPort;
if (!port) throw new Error('ingest-thread runs as a worker thread only');
const say = (message: FromIngestThread) => port.postMessage(message);

/** Enough for the ingester's transaction and a sweep or a new partition beside it. */
const poolSize = 2;
/** Nice levels below the threads that serve; about two thirds of their share where cores are scarce. */
const niceness = 2;

const { journalId, address, retentionDays } = workerData as IngestSettings;
const logger = forwardingLogger((line) => say({ kind: 'log', ...line }));
const view = new JournalView({
  journalId,
  logger,
  release: (position, damaged) => say({ kind: 'released', position, damaged }),
});

/** Waits for the database as long as it takes: without it there is nothing to do here. */
async function start(): Promise<EventIngester> {
  const dataSource = await connectDatabase({ address, logger, poolSize, connectTimeoutMs: Number.POSITIVE_INFINITY });
  const partitions = new Partitions({ dataSource, logger, now: Date.now, retentionDays });
  const ingester = new EventIngester({ dataSource, reader: view, partitions, logger, now: Date.now });
  ingester.start();
  return ingester;
}

let running: EventIngester | null = null;
const starting = start().then((ingester) => {
  running = ingester;
  return ingester;
});

port.on('message', async (message: ToIngestThread) => {
  if (message.kind === 'extents') {
    view.update(message.segments);
    await (await starting).drain();
    say({ kind: 'ingested' });
  } else {
    await running?.stop();
    // Ends this thread only; its connections are closed with it.
    process.exit(0);
  }
});

lowerThreadPriority(niceness);

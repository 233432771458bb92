import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PredictionEvent } from '../../../src/events/event';
import { createEventId } from '../../../src/events/event-id';
import { FileEventJournal } from '../../../src/journal/file-event-journal';
import { ThreadedIngester } from '../../../src/persistence/ingest/threaded-ingester';
import { Partitions } from '../../../src/persistence/partitions';
import { FakeLogger } from '../../fakes/fake-logger';
import { createTestDatabase, type TestDatabase } from '../database';
import { eventually } from '../eventually';

const root = join(__dirname, '../../..');
const threadPath = join(root, 'dist/src/ingest-thread.js');
const mortalThreadPath = join(root, 'test/fixtures/mortal-ingest-thread.cjs');
/** The lock that ingesters take turns by: who holds it makes the database hang as far as they are concerned. */
const ingestLock = 0x696e6765;
const experiment = 'threaded';

function prediction(number: number): PredictionEvent {
  const now = Date.now();
  const bytes = Buffer.alloc(10);
  bytes.writeUInt32BE(number, 6);
  return {
    type: 'prediction',
    id: createEventId(now, bytes),
    occurredAtMs: now,
    model: 'm',
    version: '1',
    unitId: `unit-${number % 50}`,
    attributes: null,
    assignments: [{ experiment, variant: number % 2 ? 'b' : 'a', propensity: 0.5 }],
    outcome: {
      status: 'succeeded',
      answer: { kind: 'classification', classIndex: 0, label: '0', confidence: 0.5, probabilities: [0.5, 0.5] },
    },
    inputFeatures: { x: number / 3 },
    timing: { queueMs: 0, preprocessMs: 0, inferenceMs: 0, totalMs: number, batchSize: 1 },
  };
}

describe('ThreadedIngester', () => {
  let database: TestDatabase;
  let directory: string;
  let journal: FileEventJournal;
  let logger: FakeLogger;
  let ingester: ThreadedIngester;
  let number = 0;

  beforeEach(async () => {
    database = await createTestDatabase();
    logger = new FakeLogger();
    await new Partitions({ dataSource: database.dataSource, logger, now: Date.now }).maintain();
    await database.dataSource.query(
      `INSERT INTO experiment (key, model, status, revision, plan, state, created_at) VALUES ($1, 'm', 'RUNNING', 1, $2, '{}', now())`,
      [experiment, JSON.stringify({ primaryMetric: 'latency_ms', secondaryMetrics: [] })],
    );
    directory = await mkdtemp(join(tmpdir(), 'touchstone-thread-'));
    journal = await FileEventJournal.open({ directory, logger, createId: () => `journal-${directory}`, segmentBytes: 20_000 });
    number = 0;
  });
  afterEach(async () => {
    await ingester.stop();
    await journal.stop();
    await rm(directory, { recursive: true });
    await database.drop();
  });

  function launch(options: { readonly threadPath?: string; readonly stopTimeoutMs?: number } = {}): ThreadedIngester {
    // `folder`: for the mortal thread.
    const settings = { address: database.address, retentionDays: 90, folder: directory };
    ingester = new ThreadedIngester({ journal, settings, logger, now: Date.now, threadPath, ...options });
    ingester.start();
    return ingester;
  }

  async function append(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => journal.append([prediction(number++)], 'process')));
  }

  /** Everything that an event is counted in, which must be what the journal was given: no more, no less. */
  async function expectExactlyOnce(): Promise<void> {
    const [counts] = await database.dataSource.query(
      `SELECT (SELECT count(*)::int FROM prediction) AS stored, (SELECT sum(predictions)::int FROM variant_traffic) AS traffic,
              (SELECT sum(predictions)::int FROM performance_bucket) AS answered, (SELECT sum(exposed_units)::int FROM variant_traffic) AS units,
              (SELECT sum(denominator)::int FROM variant_sums) AS measured, (SELECT sum(numerator)::int FROM variant_sums) AS latency`,
    );
    const all = { stored: number, traffic: number, answered: number, measured: number };
    expect(counts).toEqual({ ...all, units: Math.min(number, 50), latency: (number * (number - 1)) / 2 });
  }

  async function holdLock(): Promise<() => Promise<void>> {
    const runner = database.dataSource.createQueryRunner();
    await runner.query('SELECT pg_advisory_lock($1)', [ingestLock]);
    return async () => {
      await runner.query('SELECT pg_advisory_unlock($1)', [ingestLock]);
      await runner.release();
    };
  }

  const logged = (event: string) => logger.lines.filter((line) => line.event === event);

  it('moves what is appended into the database, and gives the journal its room back', async () => {
    await append(200);
    launch();
    expect(ingester.isCaughtUp).toBe(false);
    for (let round = 0; round < 5; round++) await append(100);
    await ingester.drain();
    await expectExactlyOnce();
    await eventually('one segment is left', () => (journal.extents().length === 1 ? true : null));
    expect((await readdir(directory)).filter((name) => name.endsWith('.log'))).toHaveLength(1);
    expect(logger.lines).toEqual([]);
  });

  it('tells how old the oldest event is that is not in the database', async () => {
    launch();
    await ingester.drain();
    expect([ingester.isCaughtUp, ingester.lagMs()]).toEqual([true, 0]);
    const unlock = await holdLock();
    await append(1);
    const appendedAtMs = Date.now();
    await eventually('a lag of 50 ms', () => (ingester.lagMs() >= 50 ? true : null));
    expect(ingester.isCaughtUp).toBe(false);
    expect(Date.now() - appendedAtMs).toBeGreaterThanOrEqual(40);
    await unlock();
    await ingester.drain();
    expect([ingester.isCaughtUp, ingester.lagMs()]).toEqual([true, 0]);
    await expectExactlyOnce();
  });

  it('starts the thread again however it ends, and counts everything once', async () => {
    await append(300);
    launch({ threadPath: mortalThreadPath });
    await eventually('three lives are over', async () => {
      await append(20);
      return logged('ingest_thread_lost').length === 3 ? true : null;
    });
    await ingester.drain();
    await expectExactlyOnce();
    const ends = logged('ingest_thread_lost').map(({ facts }) => facts as { readonly exitCode: number; readonly error: unknown });
    expect(ends.map(({ exitCode, error }) => [exitCode, error])).toEqual([
      [3, undefined],
      [4, undefined],
      [1, expect.objectContaining({ message: 'a bug in the thread' })],
    ]);
  }, 30_000);

  it('stops in time when the database hangs; the next one ingests what was left', async () => {
    const unlock = await holdLock();
    launch({ stopTimeoutMs: 200 });
    await append(100);
    await eventually('the transaction waits', async () => {
      const waiting = await database.dataSource.query(
        `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        [ingestLock],
      );
      return waiting.length > 0 ? true : null;
    });
    await ingester.stop();
    expect(logged('ingest_thread_cut_off')).toHaveLength(1);
    await unlock();
    launch();
    await ingester.drain();
    await expectExactlyOnce();
  });

  it('stops while the database cannot be reached', async () => {
    const settings = { address: { ...database.address, host: join(directory, 'nobody') }, retentionDays: 90 };
    ingester = new ThreadedIngester({ journal, settings, logger, now: Date.now, threadPath });
    ingester.start();
    await eventually('it tried', () => (logged('database_not_reached').length > 0 ? true : null));
    await ingester.stop();
    expect(logged('ingest_thread_cut_off')).toEqual([]);
    expect(ingester.lagMs()).toBeGreaterThan(0);
  });

  it('lets the lines of the thread through', async () => {
    launch();
    await journal.append([{ ...prediction(7), id: 'not-a-uuid' }], 'process');
    await ingester.drain();
    expect(logged('event_refused')).toEqual([
      {
        level: 'error',
        event: 'event_refused',
        facts: { type: 'prediction', id: 'not-a-uuid', detail: expect.stringContaining('not-a-uuid') },
      },
    ]);
  });

  (process.platform === 'linux' ? it : it.skip)('is nicer than the threads that serve, alone', async () => {
    const niceness = async () => {
      const threads = await readdir('/proc/self/task');
      const stats = await Promise.all(threads.map((thread) => readFile(`/proc/self/task/${thread}/stat`, 'utf8').catch(() => '')));
      // The 17th field after the name, which is in brackets.
      return stats.filter((stat) => stat !== '').map((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]));
    };
    const before = getPriority();
    launch();
    await ingester.drain();
    expect((await niceness()).filter((one) => one !== before)).toHaveLength(1);
    expect(getPriority()).toBe(before);
  });
});

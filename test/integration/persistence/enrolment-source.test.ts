import type { PredictionEvent } from '../../../src/events/event';
import { createEventId } from '../../../src/events/event-id';
import type { Enrolment } from '../../../src/experiments/enrolment-source';
import { EventIngester } from '../../../src/persistence/ingest/event-ingester';
import { Partitions } from '../../../src/persistence/partitions';
import { TypeormEnrolmentSource } from '../../../src/persistence/typeorm-enrolment-source';
import { FakeLogger } from '../../fakes/fake-logger';
import { createTestDatabase, type TestDatabase } from '../database';
import { FakeJournalReader } from '../ingest/fake-journal-reader';

const occurredAtMs = Date.now();

function visit(number: number, { experiment = 'bandit', unitId = `unit-${number}`, phase = 0, variant = 'a' } = {}): PredictionEvent {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt32BE(number, 6);
  return {
    type: 'prediction',
    id: createEventId(occurredAtMs, bytes),
    occurredAtMs,
    model: 'digits',
    version: '1',
    unitId,
    attributes: null,
    assignments: [{ experiment, variant, propensity: 0.5, phase }],
    outcome: { status: 'failed', code: 'OVERLOADED', message: 'busy' },
    inputFeatures: {},
    timing: { queueMs: 0, preprocessMs: 0, inferenceMs: 0, totalMs: 1, batchSize: 1 },
  };
}

describe('who is enrolled', () => {
  let database: TestDatabase;
  let source: TypeormEnrolmentSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    source = new TypeormEnrolmentSource(database.dataSource);
    for (const [key, bandit] of [
      ['bandit', {}],
      ['plain', null],
    ] as const)
      await database.dataSource.query(
        `INSERT INTO experiment (key, model, status, revision, plan, state, created_at) VALUES ($1, $1, 'RUNNING', 1, $2, '{}', now())`,
        [key, JSON.stringify({ primaryMetric: 'accuracy', secondaryMetrics: [], bandit })],
      );
  });
  afterAll(() => database.drop());

  async function ingest(journal: string, events: readonly PredictionEvent[]): Promise<void> {
    const partitions = new Partitions({ dataSource: database.dataSource, logger: new FakeLogger(), now: Date.now });
    const reader = new FakeJournalReader(journal);
    reader.append(events);
    const ingester = new EventIngester({
      dataSource: database.dataSource,
      reader,
      partitions,
      logger: new FakeLogger(),
      now: Date.now,
      batchSize: 3,
    });
    ingester.start();
    await ingester.drain();
    await ingester.stop();
  }

  /** Page by page, as replicas follow. */
  async function readOn(after: number): Promise<readonly Enrolment[]> {
    const found: Enrolment[] = [];
    for (let place = after; ; ) {
      const page = await source.read('bandit', place, 4);
      found.push(...page);
      if (page.length < 4) return found;
      place = page.at(-1)?.place as number;
    }
  }

  it('is read on from any place, by units that came since, whichever replica ingested them', async () => {
    await Promise.all([
      ingest(
        'left',
        [1, 2, 3, 4, 5, 6, 7].map((number) => visit(number)),
      ),
      ingest(
        'right',
        [8, 9, 10, 11].map((number) => visit(number, { variant: 'b' })),
      ),
    ]);
    const first = await readOn(0);
    expect(first.map(({ unitId }) => unitId).sort()).toEqual(Array.from({ length: 11 }, (_, i) => `unit-${i + 1}`).sort());
    expect(first.map(({ place }) => place)).toEqual(first.map(({ place }) => place).sort((a, b) => a - b));
    expect(first.filter(({ variant }) => variant === 'b')).toHaveLength(4);
    await ingest('later', [visit(21, { phase: 2 }), visit(22, { unitId: 'unit-3', phase: 2, variant: 'b' })]);
    // A unit that comes again, here in another variant, stays who it was.
    expect(await readOn(first.at(-1)?.place as number)).toMatchObject([{ unitId: 'unit-21', variant: 'a', phase: 2 }]);
    expect((await readOn(0)).find(({ unitId }) => unitId === 'unit-3')).toMatchObject({ variant: 'a', phase: 0 });
  });

  it('costs experiments nothing whose weights never change', async () => {
    await ingest('plain', [visit(31, { experiment: 'plain' })]);
    expect(await source.read('plain', 0, 10)).toEqual([]);
    expect(await database.dataSource.query(`SELECT place, phase FROM experiment_unit WHERE experiment = 'plain'`)).toEqual([
      { place: null, phase: 0 },
    ]);
  });
});

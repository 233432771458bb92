import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Event, PredictionEvent } from '../../../src/events/event';
import type { VariantSums } from '../../../src/experiments/result-sums';
import { everyone, maxSegmentValues } from '../../../src/experiments/segment';
import { hourMs, periodEndOf } from '../../../src/experiments/unit-group';
import { EventIngester } from '../../../src/persistence/ingest/event-ingester';
import { Partitions } from '../../../src/persistence/partitions';
import { TypeormPredictionStore } from '../../../src/persistence/typeorm-prediction-store';
import { TypeormResultSumsStore } from '../../../src/persistence/typeorm-result-sums-store';
import { logarithmicBin } from '../../../src/statistics/logarithmic-bins';
import { FakeLogger } from '../../fakes/fake-logger';
import { createTestDatabase, type TestDatabase } from '../database';
import { FakeJournalReader } from './fake-journal-reader';
import { lookbackMs, type NaiveVariant, naiveClassifiers, naiveLastSeen, naiveSums, ownMetrics } from './naive-sums';
import { randomEvents } from './random-events';

const measuredMetrics = ['accuracy', 'error_rate', 'latency_ms', 'log_loss', 'brier_score', 'compute_ms', 'latency_p95_ms'];
const tracked = [...measuredMetrics, ...ownMetrics.map(({ key }) => key)];
const countries = ['DE', 'CH', '7', '(none)'];

type Sums = Pick<VariantSums, 'metrics' | 'covariates' | 'histograms'>;

/** A row stays when the last of what it counted falls out of its window; and logarithms have no exact sums. */
function comparable<Some extends Sums | NaiveVariant>({ metrics, covariates = {}, histograms, ...traffic }: Some) {
  const counted = (byMetric: Readonly<Record<string, object>>) =>
    Object.fromEntries(Object.entries(byMetric).filter(([, sums]) => Object.values(sums).some((sum) => sum !== 0)));
  const logLoss = metrics.log_loss;
  const rounded = logLoss && Object.fromEntries(Object.entries(logLoss).map(([name, value]) => [name, Number(value.toFixed(9)) + 0]));
  return {
    ...traffic,
    metrics: counted({ ...metrics, ...(rounded && { log_loss: rounded }) }),
    covariates: counted(covariates),
    histograms: Object.fromEntries(Object.entries(histograms).filter(([, { bins }]) => bins.length > 0)),
  };
}

function expectedSums(...question: Parameters<typeof naiveSums>) {
  return Object.fromEntries(Object.entries(naiveSums(...question)).map(([variant, sums]) => [variant, comparable(sums)]));
}

describe('EventIngester', () => {
  let database: TestDatabase;
  let partitions: Partitions;
  let runs = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    partitions = new Partitions({ dataSource: database.dataSource, logger: new FakeLogger(), now: Date.now });
    await partitions.maintain();
    for (const { key, kind, cap, conversionWindowMs } of ownMetrics)
      await database.dataSource.query(
        `INSERT INTO metric (key, name, description, kind, direction, cap, conversion_window_ms) VALUES ($1, $1, '', $2, 'higher', $3, $4)`,
        [key, kind, cap, conversionWindowMs],
      );
  });
  afterAll(() => database.drop());

  function ingester(reader: FakeJournalReader, batchSize = 1000): EventIngester {
    return new EventIngester({ dataSource: database.dataSource, reader, partitions, logger: new FakeLogger(), now: Date.now, batchSize });
  }

  async function ingestAll(reader: FakeJournalReader, batchSize?: number): Promise<void> {
    const one = ingester(reader, batchSize);
    one.start();
    await one.drain();
    await one.stop();
  }

  async function addExperiment(key: string, { cuped = true, metrics = tracked as readonly string[] } = {}): Promise<void> {
    const analysis = { cuped, cupedLookbackMs: lookbackMs };
    const plan = { primaryMetric: metrics[0], secondaryMetrics: metrics.slice(1), segments: ['country'], analysis };
    await database.dataSource.query(
      `INSERT INTO experiment (key, model, status, revision, plan, state, created_at) VALUES ($1, $1, 'RUNNING', 1, $2, '{}', now())`,
      [key, JSON.stringify(plan)],
    );
  }

  /** @param phase null: all of them. */
  async function readSums(key: string, segment = everyone, phase: number | null = null) {
    const store = new TypeormResultSumsStore(database.dataSource, () => 0);
    const sums = await store.read({ experiment: key, segment, ripening: [], covariates: true });
    const variants = phase === null ? sums.variants : (sums.phases?.find((one) => one.phase === phase)?.variants ?? []);
    return Object.fromEntries(variants.map(({ variant, ripeUnits: _, ...own }) => [variant, comparable(own)]));
  }

  async function readClassifiers(key: string) {
    const tallies = await new TypeormResultSumsStore(database.dataSource, () => 0).classifiers(key);
    return new Map([...tallies].filter(([, cells]) => cells.size > 0));
  }

  async function readLastSeen(key: string) {
    const store = new TypeormResultSumsStore(database.dataSource, () => 0);
    const { lastSeen } = await store.read({ experiment: key, segment: everyone, ripening: [] });
    const { exposureAt, labelAt, outcomeAt } = lastSeen ?? { exposureAt: null, labelAt: null, outcomeAt: null };
    const ms = (moment: Date | null) => moment?.getTime() ?? null;
    return { exposure: ms(exposureAt), label: ms(labelAt), outcome: ms(outcomeAt) };
  }

  it('gives the sums of a recomputation, whatever the order, the batches and the restarts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 30 }),
        fc.infiniteStream(fc.nat()),
        async (batchSize, restartAt, seeds) => {
          const run = ++runs;
          const events = fc.sample(randomEvents(run), { numRuns: 1, seed: seeds.next().value })[0] as readonly Event[];
          await addExperiment(`run-${run}`);
          await addExperiment(`run-${run}-companies`, { metrics: measuredMetrics });
          const reader = new FakeJournalReader(`journal-${run}`);
          reader.append(events.slice(0, restartAt));
          await ingestAll(reader, batchSize);
          reader.append(events.slice(restartAt));
          // Another ingester on the same journal starts where the checkpoint says.
          await ingestAll(reader, batchSize);
          expect(await readSums(`run-${run}`)).toEqual(expectedSums(events, `run-${run}`, tracked));
          expect(await readSums(`run-${run}-companies`)).toEqual(expectedSums(events, `run-${run}-companies`, measuredMetrics));
          expect(await readLastSeen(`run-${run}`)).toEqual(naiveLastSeen(events, `run-${run}`, tracked));
          for (const country of countries)
            expect(await readSums(`run-${run}`, `country=${country}`)).toEqual(expectedSums(events, `run-${run}`, tracked, { country }));
          for (const phase of [0, 1, 2]) {
            // Covariates and values are not kept by phase: a bandit is not adjusted, and compares means.
            const expected = Object.entries(expectedSums(events, `run-${run}`, tracked, { phase }));
            const ofPhase = Object.fromEntries(expected.map(([variant, sums]) => [variant, { ...sums, covariates: {}, histograms: {} }]));
            expect(await readSums(`run-${run}`, everyone, phase)).toEqual(ofPhase);
          }
          expect(await readClassifiers(`run-${run}`)).toEqual(naiveClassifiers(events, `run-${run}`));
          expect(reader.releasedTo).toBe(events.length);
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);

  it('counts the events of two journals together, also when both ingest at once', async () => {
    const run = ++runs;
    const events = fc.sample(randomEvents(run), { numRuns: 1, seed: 7 })[0] as readonly Event[];
    await addExperiment(`run-${run}`);
    const readers = ['left', 'right'].map((name) => new FakeJournalReader(`${name}-${run}`));
    // Which prediction of a unit comes first is a matter of turns here, so all are alike.
    const faithful = events.map((event) =>
      event.type === 'prediction'
        ? {
            ...event,
            attributes: null,
            timing: { ...event.timing, totalMs: 8 },
            assignments: event.assignments.map((one) => ({ ...one, variant: 'a', phase: 0 })),
          }
        : // Nor is it said which of two labels of one millisecond two journals bring later.
          event.type === 'label'
          ? { ...event, receivedAtMs: event.receivedAtMs + Number.parseInt(event.id.slice(-4), 16) }
          : event,
    );
    for (const [index, event] of faithful.entries()) readers[index % 2]?.append([event]);
    await Promise.all(readers.map((reader) => ingestAll(reader, 3)));
    expect(await readSums(`run-${run}`)).toEqual(expectedSums(faithful, `run-${run}`, tracked));
    expect(await readLastSeen(`run-${run}`)).toEqual(naiveLastSeen(faithful, `run-${run}`, tracked));
  });

  it('counts nothing twice when the whole journal is read again', async () => {
    const run = ++runs;
    const events = fc.sample(randomEvents(run), { numRuns: 1, seed: 11 })[0] as readonly Event[];
    await addExperiment(`run-${run}`);
    for (const name of ['first', 'second']) {
      const reader = new FakeJournalReader(`${name}-${run}`);
      reader.append(events);
      await ingestAll(reader);
    }
    expect(await readSums(`run-${run}`)).toEqual(expectedSums(events, `run-${run}`, tracked));
  });

  it('keeps nothing from before for an experiment that does not ask for it', async () => {
    const run = ++runs;
    const naive = (events: readonly Event[]) => naiveSums(events, `run-${run}`, tracked);
    const events = fc
      .sample(randomEvents(run), { numRuns: 50, seed: 7 })
      .find((one) => Object.values(naive(one)).some(({ covariates }) => Object.keys(covariates).length > 0)) as readonly Event[];
    await addExperiment(`run-${run}`, { cuped: false });
    const reader = new FakeJournalReader(`plain-${run}`);
    reader.append(events);
    await ingestAll(reader);
    const kept = await database.dataSource.query(
      `SELECT count(covariate)::int AS units, (SELECT count(*)::int FROM variant_covariate_sums WHERE experiment = $1) AS sums
         FROM unit_metric WHERE experiment = $1`,
      [`run-${run}`],
    );
    expect(kept).toEqual([{ units: 0, sums: 0 }]);
    const withoutBefore = Object.entries(expectedSums(events, `run-${run}`, tracked)).map(([variant, arm]) => [
      variant,
      { ...arm, covariates: {} },
    ]);
    expect(await readSums(`run-${run}`)).toEqual(Object.fromEntries(withoutBefore));
  });

  it('tells the first values of an attribute apart, and the hours of the first exposure', async () => {
    const run = ++runs;
    const sample = fc.sample(randomEvents(run), { numRuns: 1, seed: 3 })[0] as readonly Event[];
    const first = sample.find((event): event is PredictionEvent => event.type === 'prediction') as PredictionEvent;
    await addExperiment(`run-${run}`);
    const reader = new FakeJournalReader(`values-${run}`);
    const visits = Array.from(
      { length: maxSegmentValues + 5 },
      (_, index): PredictionEvent => ({
        ...first,
        id: `${first.id.slice(0, -2)}${index.toString(16).padStart(2, '0')}`,
        unitId: `run-${run}-unit-${index}`,
        attributes: { country: `C${index}` },
        // Phases and periods cross each other.
        assignments: first.assignments.map((one) => ({ ...one, phase: index % 3 })),
        occurredAtMs: first.occurredAtMs + (index % 2) * hourMs,
      }),
    );
    reader.append(visits.slice(0, 10));
    await ingestAll(reader);
    reader.append(visits.slice(10));
    await ingestAll(reader, 4);
    const store = new TypeormResultSumsStore(database.dataSource, () => 0);
    const segments = await store.segments(`run-${run}`);
    expect(segments).toEqual([
      'country=(other)',
      ...visits
        .slice(0, maxSegmentValues)
        .map((_, index) => `country=C${index}`)
        .sort(),
    ]);
    const units = async (segment: string) =>
      (await store.read({ experiment: `run-${run}`, segment, ripening: [] })).variants.map(({ exposedUnits }) => exposedUnits);
    expect(await units('country=(other)')).toEqual([5]);
    expect(await units('country=C3')).toEqual([1]);
    expect(await units(everyone)).toEqual([maxSegmentValues + 5]);
    const periods = await database.dataSource.query(
      `SELECT period_end, sum(exposed_units)::int AS units FROM variant_traffic WHERE experiment = $1 AND segment = '' GROUP BY 1 ORDER BY 1`,
      [`run-${run}`],
    );
    const hour = periodEndOf(first.occurredAtMs, null);
    expect(periods).toEqual([
      { period_end: new Date(hour), units: 13 },
      { period_end: new Date(hour + hourMs), units: 12 },
    ]);
    const ripeAt = async (atMs: number) => {
      const ripening = [{ metric: 'latency_ms', exposedBefore: new Date(atMs) }];
      const [arm] = (await store.read({ experiment: `run-${run}`, segment: everyone, ripening })).variants;
      return [arm?.exposedUnits, arm?.ripeUnits.latency_ms, arm?.metrics.latency_ms?.units, arm?.metrics.error_rate?.units];
    };
    const all = maxSegmentValues + 5;
    const measured = first.outcome.status === 'succeeded' ? [13, all] : [undefined, undefined];
    expect(await ripeAt(hour - 1)).toEqual([all, undefined, undefined, all]);
    expect(await ripeAt(hour)).toEqual([all, 13, measured[0], all]);
    expect(await ripeAt(hour + hourMs)).toEqual([all, all, measured[1], all]);
    const ripening = [{ metric: 'error_rate', exposedBefore: new Date(hour) }];
    const { phases } = await store.read({ experiment: `run-${run}`, segment: everyone, ripening });
    // Of 25 units every third is in a phase, and every second of those in the first hour.
    expect(
      phases?.map(({ phase, variants: [arm] }) => [phase, arm?.exposedUnits, arm?.ripeUnits.error_rate, arm?.metrics.error_rate?.units]),
    ).toEqual([
      [0, 9, 5, 5],
      [1, 8, 4, 4],
      [2, 8, 4, 4],
    ]);
  });

  it('knows the retry of a label that was replaced', async () => {
    const run = ++runs;
    const sample = fc.sample(randomEvents(run), { numRuns: 1, seed: 5 })[0] as readonly Event[];
    const prediction = sample.find(
      (event): event is PredictionEvent => event.type === 'prediction' && event.outcome.status === 'succeeded',
    );
    const { id: predictionId } = prediction as PredictionEvent;
    const label = (last: string, classIndex: number, receivedAtMs: number): Event => ({
      type: 'label',
      id: `${predictionId.slice(0, -1)}${last}`,
      predictionId,
      truth: { kind: 'class', classIndex },
      occurredAtMs: receivedAtMs,
      receivedAtMs,
    });
    const at = (prediction as PredictionEvent).occurredAtMs;
    const [first, second, tooLate] = [label('a', 0, at + 1000), label('b', 1, at + 2000), label('c', 2, at + 1500)];
    await addExperiment(`run-${run}`);
    const reader = new FakeJournalReader(`retry-${run}`);
    for (const event of [prediction as PredictionEvent, first, second, tooLate, label('a', 0, at + 9000), label('c', 2, at + 9000)]) {
      reader.append([event]);
      await ingestAll(reader);
    }
    expect(await readSums(`run-${run}`)).toEqual(expectedSums([prediction as PredictionEvent, first, second], `run-${run}`, tracked));
    const [{ id }] = await database.dataSource.query('SELECT id FROM prediction_label WHERE prediction_id = $1', [predictionId]);
    expect(id).toBe(second.id);
  });

  it('buries an event whose data the database refuses, and keeps its neighbours', async () => {
    const run = ++runs;
    const [good] =
      fc.sample(randomEvents(run), { numRuns: 1, seed: 3 })[0]?.filter((event): event is PredictionEvent => event.type === 'prediction') ??
      [];
    const reader = new FakeJournalReader(`bad-${run}`);
    reader.append([{ ...(good as PredictionEvent), id: 'not-a-uuid' }, good as PredictionEvent]);
    await ingestAll(reader);
    expect(await new TypeormPredictionStore(database.dataSource).find((good as PredictionEvent).id)).not.toBeNull();
    expect(await database.dataSource.query(`SELECT reason FROM dead_letter WHERE event_id = 'not-a-uuid'`)).toEqual([
      { reason: 'refused' },
    ]);
  });

  it('buries an event that is too large for its column, and keeps its neighbours', async () => {
    const run = ++runs;
    const sample = fc.sample(randomEvents(run), { numRuns: 1, seed: 3 })[0] as readonly Event[];
    const [first, second] = sample.filter((event): event is PredictionEvent => event.type === 'prediction');
    const reader = new FakeJournalReader(`large-${run}`);
    // Longer than an index takes, also compressed (54000).
    const unitId = Array.from({ length: 500 }, (_, i) => createHash('sha256').update(`${i}`).digest('base64')).join('');
    reader.append([{ ...(first as PredictionEvent), unitId }, second as PredictionEvent]);
    await ingestAll(reader);
    const store = new TypeormPredictionStore(database.dataSource);
    expect([await store.find((first as PredictionEvent).id), (await store.find((second as PredictionEvent).id))?.event.id]).toEqual([
      null,
      (second as PredictionEvent).id,
    ]);
  });

  it('tells how far behind it is', async () => {
    const reader = new FakeJournalReader(`lag-${++runs}`);
    const one = ingester(reader);
    expect(one.isCaughtUp).toBe(false);
    one.start();
    await one.drain();
    expect([one.isCaughtUp, one.lagMs()]).toEqual([true, 0]);
    await one.stop();
  });

  it('scores answers of many classes, whose probabilities are stored as bytes', async () => {
    const run = ++runs;
    const sample = fc.sample(randomEvents(run), { numRuns: 1, seed: 5 })[0] as readonly Event[];
    const first = sample.find((event): event is PredictionEvent => event.type === 'prediction') as PredictionEvent;
    const probabilities = Array.from({ length: 64 }, (_, k) => (k === 40 ? 0.5 : 0.5 / 63));
    const prediction: PredictionEvent = {
      ...first,
      outcome: { status: 'succeeded', answer: { kind: 'classification', classIndex: 40, label: '40', confidence: 0.5, probabilities } },
    };
    const label: Event = {
      ...{ type: 'label', id: `${first.id.slice(0, -1)}a`, predictionId: first.id, truth: { kind: 'class', classIndex: 3 } },
      ...{ occurredAtMs: first.occurredAtMs, receivedAtMs: first.occurredAtMs },
    };
    await addExperiment(`run-${run}`);
    const reader = new FakeJournalReader(`many-${run}`);
    reader.append([prediction, label]);
    await ingestAll(reader);
    expect(await readClassifiers(`run-${run}`)).toEqual(naiveClassifiers([prediction, label], `run-${run}`));
    expect((await readClassifiers(`run-${run}`)).size).toBe(1);
    expect(await readSums(`run-${run}`)).toEqual(expectedSums([prediction, label], `run-${run}`, tracked));
  });

  it('keeps values apart by period for a metric that waits for its units, and in one row for the others', async () => {
    const run = ++runs;
    await database.dataSource.query(
      `INSERT INTO metric (key, name, description, kind, quantile, direction, maturity_ms) VALUES ('slow', 'slow', '', 'quantile', 0.5, 'higher', 60000)
       ON CONFLICT DO NOTHING`,
    );
    const sample = fc.sample(randomEvents(run), { numRuns: 1, seed: 3 })[0] as readonly Event[];
    const first = sample.find((event): event is PredictionEvent => event.type === 'prediction') as PredictionEvent;
    await addExperiment(`run-${run}`, { metrics: [...tracked, 'slow'] });
    const events = [0, 1, 2].flatMap((hour): Event[] => {
      const occurredAtMs = first.occurredAtMs + hour * hourMs;
      const unitId = `run-${run}-hour-${hour}`;
      const outcome = {
        type: 'outcome',
        unitId,
        predictionId: null,
        value: hour + 1,
        denominator: null,
        receivedAtMs: occurredAtMs,
      } as const;
      return [
        { ...first, id: `${first.id.slice(0, -1)}${hour}`, unitId, occurredAtMs },
        { ...outcome, id: `${first.id.slice(0, -1)}${hour + 3}`, metric: 'slow', occurredAtMs },
        { ...outcome, id: `${first.id.slice(0, -1)}${hour + 6}`, metric: 'size', occurredAtMs },
      ];
    });
    const reader = new FakeJournalReader(`slow-${run}`);
    reader.append(events);
    await ingestAll(reader, 2);
    const rows = await database.dataSource.query(
      `SELECT tally, count(*)::int AS rows FROM variant_tally WHERE experiment = $1 AND segment = '' AND tally IN ('size', 'slow') GROUP BY 1 ORDER BY 1`,
      [`run-${run}`],
    );
    expect(rows).toEqual([
      { tally: 'size', rows: 1 },
      { tally: 'slow', rows: 3 },
    ]);
    const hour = periodEndOf(first.occurredAtMs, null);
    const ripening = [{ metric: 'slow', exposedBefore: new Date(hour + hourMs) }];
    const { variants } = await new TypeormResultSumsStore(database.dataSource, () => 0).read({
      ...{ experiment: `run-${run}`, segment: everyone, ripening },
    });
    expect(variants[0]?.histograms.slow).toEqual({ bins: [1, 2].map(logarithmicBin), units: [1, 1] });
    expect(variants[0]?.histograms.size).toEqual({ bins: [1, 2, 3].map(logarithmicBin), units: [1, 1, 1] });
  });
});

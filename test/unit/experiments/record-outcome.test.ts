import { AppError } from '../../../src/errors';
import type { PredictionEvent } from '../../../src/events/event';
import { createEventId } from '../../../src/events/event-id';
import type { Metric } from '../../../src/experiments/metric';
import { MetricCatalog } from '../../../src/experiments/metric-catalog';
import { withClassIndex } from '../../../src/experiments/read-truth';
import { OutcomeRecorder, type RecordLabel, type RecordOutcome } from '../../../src/experiments/record-outcome';
import { FakeEventJournal } from '../../fakes/fake-event-journal';

const now = new Date('2026-11-23T12:00:00Z');
const idAt = (ageMs: number) => createEventId(now.getTime() - ageMs, new Uint8Array(10).fill(7));
const known = idAt(90_000);
const purchase: Metric = {
  key: 'purchase',
  name: 'Purchase',
  description: '',
  kind: 'proportion',
  direction: 'higher',
  quantile: null,
  cap: null,
  conversionWindowMs: null,
  maturityMs: 0,
  isBuiltIn: false,
};
const revenue: Metric = { ...purchase, key: 'revenue', kind: 'mean' };
const cost: Metric = { ...purchase, key: 'cost_per_answer', kind: 'ratio' };

function setUp({
  at = now,
  lagMs = 0,
  listMetrics = async () => [purchase, revenue, cost],
  findEvent = async (id: string) => (id === known ? aPrediction : null),
} = {}) {
  const journal = new FakeEventJournal();
  let ids = 0;
  const recorder = new OutcomeRecorder({
    journal,
    predictions: { findEvent },
    metrics: new MetricCatalog({ list: listMetrics, insert: async () => {} }),
    catalog: { classLabels: () => ['zero', 'one'] },
    ingestLagMs: () => lagMs,
    createId: () => `id-${++ids}`,
    now: () => at,
  });
  return { recorder, journal };
}

const aPrediction = {
  type: 'prediction',
  id: known,
  model: 'digits',
  version: '1',
  outcome: { status: 'succeeded', answer: { kind: 'classification', classIndex: 1, label: 'one', confidence: 1, probabilities: [0, 1] } },
} as unknown as PredictionEvent;

describe('recordLabel', () => {
  it('refuses any truth of a prediction whose answer nobody explained', async () => {
    const raw = { ...aPrediction, outcome: { status: 'succeeded', answer: { kind: 'raw' } } } as const;
    const { recorder, journal } = setUp({ findEvent: async () => raw });
    for (const truth of [{ class: 1 }, { label: 'one' }, { value: 1 }]) {
      await expect(recorder.recordLabel({ predictionId: known, ...truth })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(/digits answers tensors.*recordOutcome/),
      });
    }
    expect(journal.appended).toEqual([]);
  });

  it('notes which class a label names, where the labels of the version are known', async () => {
    const { recorder, journal } = setUp();
    await recorder.recordLabel({ predictionId: known, label: 'one' });
    await recorder.recordLabel({ predictionId: idAt(1000), label: 'one' });
    expect(journal.appended.map(({ event }) => event.type === 'label' && event.truth)).toEqual([
      { kind: 'label', label: 'one', classIndex: 1 },
      { kind: 'label', label: 'one' },
    ]);
    expect(withClassIndex({ kind: 'label', label: 'one' }, ['one', 'one'])).toEqual({ kind: 'label', label: 'one' });
  });

  it('gives its receipt after the fsync', async () => {
    const { recorder, journal } = setUp();
    expect(await recorder.recordLabel({ predictionId: known, class: 1 })).toEqual({ id: 'id-1', durability: 'JOURNALED' });
    expect(journal.appended).toMatchObject([
      { durability: 'disk', event: { type: 'label', predictionId: known, truth: { kind: 'class', classIndex: 1 } } },
    ]);
  });

  it.each<[string, RecordLabel, string]>([
    ['no truth', { predictionId: known }, 'BAD_USER_INPUT'],
    ['two truths', { predictionId: known, class: 1, label: 'one' }, 'BAD_USER_INPUT'],
    ['a class that is none', { predictionId: known, class: 2 }, 'BAD_USER_INPUT'],
    ['half a class', { predictionId: known, class: 0.5 }, 'BAD_USER_INPUT'],
    ['a label that is none', { predictionId: known, label: 'two' }, 'BAD_USER_INPUT'],
    ['a value for a class', { predictionId: known, value: 1 }, 'BAD_USER_INPUT'],
    ['an id that is none', { predictionId: 'abc', class: 1 }, 'BAD_USER_INPUT'],
    ['an id of tomorrow', { predictionId: idAt(-86_400_000), class: 1 }, 'BAD_USER_INPUT'],
    ['an old id that nobody knows', { predictionId: idAt(61_000), class: 1 }, 'PREDICTION_NOT_FOUND'],
    ['a time to come', { predictionId: known, class: 1, occurredAt: new Date('2026-11-23T13:00:00Z') }, 'BAD_USER_INPUT'],
    ['a label that cannot be stored', { predictionId: idAt(1000), label: 'a\u0000' }, 'BAD_USER_INPUT'],
    ['an empty key', { predictionId: known, class: 1, idempotencyKey: '' }, 'BAD_USER_INPUT'],
  ])('refuses %s, and nothing is journaled', async (_, input, code) => {
    const { recorder, journal } = setUp();
    await expect(recorder.recordLabel(input)).rejects.toMatchObject({ code });
    expect(journal.events).toEqual([]);
  });

  it.each([
    ['is younger than a minute', { id: idAt(59_000) }],
    ['has an idempotency key, whose id carries the start of the day', { id: createEventId(Date.UTC(2026, 10, 23), new Uint8Array(10)) }],
    ['may still be in the journal', { id: idAt(61_000), lagMs: 30_000 }],
    [
      'cannot be looked up while the database is away',
      { id: idAt(61_000), findEvent: () => Promise.reject(new AppError('DATABASE_UNAVAILABLE', 'away')) },
    ],
  ])('takes the label of an unknown prediction that %s', async (_, { id, ...more }) => {
    const { recorder, journal } = setUp(more);
    await recorder.recordLabel({ predictionId: id, class: 1 });
    expect(journal.events).toHaveLength(1);
  });

  it('gives the same key the same id, on each prediction', async () => {
    const { recorder } = setUp();
    const label = { predictionId: known, class: 1, idempotencyKey: 'k' };
    const [first, again, other] = [
      await recorder.recordLabel(label),
      await recorder.recordLabel(label),
      await recorder.recordLabel({ ...label, predictionId: idAt(1000) }),
    ];
    expect(again.id).toBe(first.id);
    expect(other.id).not.toBe(first.id);
  });
});

describe('recordOutcome', () => {
  const good: RecordOutcome = { metric: 'purchase', unitId: 'user-1', idempotencyKey: 'k' };

  it.each<[string, Partial<RecordOutcome>, string]>([
    ['an unknown metric', { metric: 'joy' }, 'METRIC_NOT_FOUND'],
    ['a metric that serving measures', { metric: 'accuracy' }, 'BAD_USER_INPUT'],
    ['neither unit nor prediction', { unitId: null }, 'BAD_USER_INPUT'],
    ['both of them', { predictionId: known }, 'BAD_USER_INPUT'],
    ['a unit that cannot be stored', { unitId: 'a\ud800' }, 'BAD_USER_INPUT'],
    ['half a conversion', { value: 0.5 }, 'BAD_USER_INPUT'],
    ['a denominator', { denominator: 2 }, 'BAD_USER_INPUT'],
    ['a denominator below 0', { metric: 'cost_per_answer', denominator: -1 }, 'BAD_USER_INPUT'],
    ['a denominator without end', { metric: 'cost_per_answer', denominator: Number.POSITIVE_INFINITY }, 'BAD_USER_INPUT'],
    ['what is no number', { metric: 'revenue', value: Number.NaN }, 'BAD_USER_INPUT'],
    ['what is no time', { occurredAt: new Date(Number.NaN) }, 'BAD_USER_INPUT'],
  ])('refuses %s', async (_, more, code) => {
    const { recorder, journal } = setUp();
    await expect(recorder.recordOutcome({ ...good, ...more })).rejects.toMatchObject({ code });
    expect(journal.events).toEqual([]);
  });

  it('takes the denominator of a ratio, which is 1 unless it is said', async () => {
    const { recorder, journal } = setUp();
    const ratio = { ...good, metric: 'cost_per_answer', value: 3 };
    await recorder.recordOutcome({ ...ratio, denominator: 2 });
    await recorder.recordOutcome({ ...ratio, idempotencyKey: 'other' });
    expect(journal.events).toMatchObject([
      { value: 3, denominator: 2 },
      { value: 3, denominator: 1 },
    ]);
  });

  it('lets each row of many answer for itself, and journals the good ones together', async () => {
    const { recorder, journal } = setUp();
    const rows = await recorder.recordOutcomes([
      good,
      { ...good, metric: 'joy' },
      { ...good, metric: 'revenue', value: 12, idempotencyKey: 'other' },
    ]);
    expect(rows).toMatchObject([{ durability: 'JOURNALED' }, { index: 1, code: 'METRIC_NOT_FOUND' }, { durability: 'JOURNALED' }]);
    expect(journal.events).toMatchObject([
      { metric: 'purchase', value: 1 },
      { metric: 'revenue', value: 12 },
    ]);
  });

  it('takes at most 1,000 rows', async () => {
    await expect(setUp().recorder.recordOutcomes(new Array(1001).fill(good))).rejects.toMatchObject({ code: 'BATCH_TOO_LARGE' });
  });

  it.each<[string, Partial<RecordOutcome>]>([
    ['an endless unit', { unitId: 'u'.repeat(513) }],
    ['a value whose square no number holds', { metric: 'revenue', value: 1e200 }],
    ['an endless key', { idempotencyKey: 'k'.repeat(257) }],
    ['a time before 1970', { occurredAt: new Date(-1) }],
  ])('refuses %s', async (_, more) => {
    await expect(setUp().recorder.recordOutcome({ ...good, ...more })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('takes outcomes of metrics it has seen while the database is away', async () => {
    let isAway = false;
    const listMetrics = async () => {
      if (isAway) throw new AppError('DATABASE_UNAVAILABLE', 'away');
      return [purchase];
    };
    const { recorder, journal } = setUp({ listMetrics });
    await recorder.recordOutcome(good);
    isAway = true;
    const rows = await recorder.recordOutcomes([
      { ...good, idempotencyKey: 'k2' },
      { ...good, metric: 'revenue' },
    ]);
    expect(rows).toMatchObject([{ durability: 'JOURNALED' }, { index: 1, code: 'DATABASE_UNAVAILABLE' }]);
    expect(journal.events).toHaveLength(2);
  });

  it('reads the metrics at most once for any number of rows', async () => {
    let reads = 0;
    const listMetrics = async () => {
      reads++;
      return [purchase, revenue];
    };
    const { recorder } = setUp({ listMetrics });
    await recorder.recordOutcomes(Array.from({ length: 100 }, (_, i) => ({ ...good, metric: `unknown-${i}` })));
    expect(reads).toBe(1);
  });

  it('gives a key the same id after midnight, and another one for another metric', async () => {
    const [evening, morning] = [setUp(), setUp({ at: new Date('2026-11-24T00:00:01Z') })];
    const first = await evening.recorder.recordOutcome(good);
    expect(await morning.recorder.recordOutcome(good)).toEqual(first);
    expect((await evening.recorder.recordOutcome({ ...good, metric: 'revenue' })).id).not.toBe(first.id);
  });

  it('knows a prediction by its id in capitals, too', async () => {
    const { recorder, journal } = setUp();
    const [small, large] = [
      { unitId: null, predictionId: known },
      { unitId: null, predictionId: known.toUpperCase() },
    ];
    expect(await recorder.recordOutcome({ ...good, ...large })).toEqual(await recorder.recordOutcome({ ...good, ...small }));
    const label = { class: 1, idempotencyKey: 'k' };
    expect(await recorder.recordLabel({ ...label, predictionId: known.toUpperCase() })).toEqual(
      await recorder.recordLabel({ ...label, predictionId: known }),
    );
    expect(journal.events.every((event) => 'predictionId' in event && event.predictionId === known)).toBe(true);
  });

  it('journals nothing, and says so, while the journal is full', async () => {
    const { recorder, journal } = setUp();
    journal.failure = new AppError('JOURNAL_FULL', 'full');
    await expect(recorder.recordOutcomes([good])).rejects.toMatchObject({ code: 'JOURNAL_FULL' });
    expect(journal.events).toEqual([]);
  });
});

import fc from 'fast-check';
import type { Event, LabelEvent, PredictionEvent, ShadowEvent } from '../../../src/events/event';
import { createEventId } from '../../../src/events/event-id';
import { covariateSumsOf, noCovariateSums } from '../../../src/experiments/covariate-sums';
import { type Pair, pairedAnswer, pairedCells, pairedMetrics, pairedValues, scoreOf } from '../../../src/experiments/paired-facts';
import { noTotals, type UnitTotals } from '../../../src/experiments/result-sums';
import { everyone } from '../../../src/experiments/segment';
import { covariateDelta } from '../../../src/experiments/unit-state';
import { EventIngester } from '../../../src/persistence/ingest/event-ingester';
import { Partitions } from '../../../src/persistence/partitions';
import { TypeormPairedSumsStore } from '../../../src/persistence/typeorm-paired-sums-store';
import { TypeormResultSumsStore } from '../../../src/persistence/typeorm-result-sums-store';
import { MomentMatrix } from '../../../src/statistics/moment-matrix';
import { FakeLogger } from '../../fakes/fake-logger';
import { createTestDatabase, type TestDatabase } from '../database';
import { FakeJournalReader } from './fake-journal-reader';

const startMs = Math.floor(Date.now() / 3_600_000) * 3_600_000;
const count = 10;

function idOf(run: number, kind: number, index: number): string {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt32BE(run, 2);
  bytes.writeUInt16BE(kind, 6);
  bytes.writeUInt16BE(index, 8);
  return createEventId(startMs + index, bytes);
}

interface Side {
  readonly failed: boolean;
  readonly classIndex: number;
  readonly confidence: number;
  readonly ms: number;
}

const side: fc.Arbitrary<Side> = fc.record({
  failed: fc.boolean(),
  classIndex: fc.nat(2),
  confidence: fc.constantFrom(0, 0.31, 0.5, 0.95, 1),
  ms: fc.integer({ min: 1, max: 9 }),
});

function outcomeOf({ failed, classIndex, confidence }: Side): PredictionEvent['outcome'] {
  if (failed) return { status: 'failed', code: 'INTERNAL_SERVER_ERROR', message: 'it broke' };
  const answer = { kind: 'classification', classIndex, label: `class ${classIndex}`, confidence, probabilities: [] } as const;
  return { status: 'succeeded', answer };
}

function timingOf({ ms }: Side): PredictionEvent['timing'] {
  return { queueMs: 1, preprocessMs: ms, inferenceMs: 2, postprocessMs: 1, totalMs: 20, batchSize: 1 };
}

/** Predictions of a few units, some without, with shadows of two variants and labels that replace each other; in any order, but a shadow after its prediction. */
function randomEvents(run: number): fc.Arbitrary<readonly Event[]> {
  const prediction = fc.record({ unit: fc.option(fc.nat(3)), variant: fc.constantFrom('now', 'now', 'now', 'other'), side });
  const shadow = fc.record({ prediction: fc.nat(count - 1), variant: fc.constantFrom('next', 'last'), side });
  const label = fc.record({ prediction: fc.nat(count - 1), classIndex: fc.nat(2), at: fc.nat(20) });
  return fc
    .tuple(
      fc.array(prediction, { minLength: count, maxLength: count }),
      fc.uniqueArray(shadow, { maxLength: 14, selector: (one) => `${one.prediction} ${one.variant}` }),
      fc.array(label, { maxLength: 12 }),
      fc.array(fc.nat(1_000_000), { minLength: 80, maxLength: 80 }),
    )
    .map(([predictions, shadows, labels, places]) => {
      const events: Event[] = [
        ...predictions.map(
          (one, index): PredictionEvent => ({
            type: 'prediction',
            id: idOf(run, 1, index),
            occurredAtMs: startMs + index,
            model: 'm',
            version: '1',
            unitId: one.unit === null ? null : `run-${run}-unit-${one.unit}`,
            attributes: { country: (one.unit ?? 0) % 2 === 0 ? 'DE' : 'CH' },
            assignments: [
              { experiment: `run-${run}`, variant: one.variant, propensity: 1, ...(one.unit === null && { unit: idOf(run, 1, index) }) },
            ],
            outcome: outcomeOf(one.side),
            inputFeatures: {},
            timing: timingOf(one.side),
          }),
        ),
        ...shadows.map(
          (one, index): ShadowEvent => ({
            type: 'shadow',
            id: idOf(run, 4, index),
            occurredAtMs: startMs + 100,
            predictionId: idOf(run, 1, one.prediction),
            experiment: `run-${run}`,
            variant: one.variant,
            model: 'm',
            version: '2',
            outcome: outcomeOf(one.side),
            timing: timingOf(one.side),
          }),
        ),
        ...labels.map(
          (one, index): LabelEvent => ({
            type: 'label',
            id: idOf(run, 2, index),
            predictionId: idOf(run, 1, one.prediction),
            truth: { kind: 'class', classIndex: one.classIndex },
            occurredAtMs: startMs,
            receivedAtMs: startMs + one.at,
          }),
        ),
      ];
      const twice = [...events, ...events.slice(0, 4), ...events.slice(-4)].map((event, index) => ({
        event,
        place: places[index] ?? index,
      }));
      const shuffled = twice.sort((a, b) => a.place - b.place).map(({ event }) => event);
      const at = (id: string) => shuffled.findIndex((event) => event.type === 'prediction' && event.id === id);
      const order = (event: Event, index: number) => (event.type === 'shadow' ? Math.max(index, at(event.predictionId) + 0.5) : index);
      return shuffled
        .map((event, index) => ({ event, order: order(event, index) }))
        .sort((a, b) => a.order - b.order)
        .map(({ event }) => event);
    });
}

/** The slow and obvious way. */
function naivePairs(events: readonly Event[], country: string | null) {
  const unique = [...new Map(events.map((event) => [`${event.type} ${event.id}`, event])).values()];
  const predictions = unique.filter((event): event is PredictionEvent => event.type === 'prediction');
  const unitOf = (event: PredictionEvent) => event.unitId ?? event.id;
  const firstOf = (unit: string) => predictions.find((event) => unitOf(event) === unit) as PredictionEvent;
  const labels = unique.filter((event): event is LabelEvent => event.type === 'label');
  const units: Record<string, Record<string, Record<string, [number, number, number]>>> = {};
  const cells: Record<string, Record<string, number>> = {};
  for (const shadow of unique.filter((event): event is ShadowEvent => event.type === 'shadow')) {
    const base = predictions.find(({ id }) => id === shadow.predictionId) as PredictionEvent;
    const unit = unitOf(base);
    const first = firstOf(unit);
    if (first.assignments[0]?.variant !== base.assignments[0]?.variant || (country !== null && first.attributes?.country !== country))
      continue;
    const own = labels.filter(({ predictionId }) => predictionId === base.id);
    const latest = [...own].sort((a, b) => a.receivedAtMs - b.receivedAtMs).at(-1);
    const pair: Pair = { control: pairedAnswer(base), treatment: pairedAnswer(shadow), truth: latest?.truth ?? null };
    const { variant } = shadow;
    for (const metric of pairedMetrics) {
      const values = pairedValues(metric, pair);
      if (!values) continue;
      units[variant] ??= {};
      const metrics = units[variant] as Record<string, Record<string, [number, number, number]>>;
      metrics[metric] ??= {};
      const byUnit = metrics[metric] as Record<string, [number, number, number]>;
      const [n, c, t] = byUnit[unit] ?? [0, 0, 0];
      byUnit[unit] = [n + 1, c + values.control, t + values.treatment];
    }
    for (const { kind, controlBin, treatmentBin } of pairedCells(pair)) {
      cells[variant] ??= {};
      const counts = cells[variant] as Record<string, number>;
      const key = `${kind} ${controlBin} ${treatmentBin}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
  }
  return { units, cells };
}

/** What each unit of a variant has of a metric, and what the control would have had. */
function naiveScores(events: readonly Event[], metric: string, variant: string) {
  const unique = [...new Map(events.map((event) => [`${event.type} ${event.id}`, event])).values()];
  const predictions = unique.filter((event): event is PredictionEvent => event.type === 'prediction');
  const shadows = unique.filter((event): event is ShadowEvent => event.type === 'shadow' && event.variant === 'now');
  const unitOf = (event: PredictionEvent) => event.unitId ?? event.id;
  const units = new Map<string, { totals: UnitTotals; covariate: UnitTotals }>();
  const plus = (one: UnitTotals, score: number | null): UnitTotals =>
    score === null ? one : { numerator: one.numerator + score, denominator: one.denominator + 1 };
  for (const event of predictions) {
    const first = predictions.find((one) => unitOf(one) === unitOf(event)) as PredictionEvent;
    if (first.assignments[0]?.variant !== variant || event.assignments[0]?.variant !== variant) continue;
    const own = unique.filter((one): one is LabelEvent => one.type === 'label' && one.predictionId === event.id);
    const latest = [...own].sort((a, b) => a.receivedAtMs - b.receivedAtMs).at(-1);
    const before = units.get(unitOf(event)) ?? { totals: noTotals, covariate: noTotals };
    const score = (side: Pick<PredictionEvent, 'outcome' | 'timing'>) => scoreOf(metric, pairedAnswer(side), latest?.truth ?? null);
    const shadow = variant === 'now' ? event : shadows.find(({ predictionId }) => predictionId === event.id);
    const covariate = shadow ? plus(before.covariate, score(shadow)) : before.covariate;
    units.set(unitOf(event), { totals: plus(before.totals, score(event)), covariate });
  }
  return [...units.values()];
}

describe('the pairs of shadows', () => {
  let database: TestDatabase;
  let partitions: Partitions;
  let runs = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    partitions = new Partitions({ dataSource: database.dataSource, logger: new FakeLogger(), now: Date.now });
    await partitions.maintain();
  });
  afterAll(() => database.drop());

  async function runExperiment(key: string, plan: object): Promise<void> {
    await database.dataSource.query(
      `INSERT INTO experiment (key, model, status, revision, plan, state, created_at) VALUES ($1, $1, 'RUNNING', 1, $2, '{}', now())`,
      [key, JSON.stringify(plan)],
    );
  }

  async function ingestAll(reader: FakeJournalReader, batchSize: number): Promise<void> {
    const { dataSource } = database;
    const one = new EventIngester({ dataSource, reader, partitions, logger: new FakeLogger(), now: Date.now, batchSize });
    one.start();
    await one.drain();
    await one.stop();
  }

  it('add up to what a recomputation says, whatever the order, the batches and the restarts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.nat(30), fc.infiniteStream(fc.nat()), async (batchSize, restartAt, seeds) => {
        const run = ++runs;
        const events = fc.sample(randomEvents(run), { numRuns: 1, seed: seeds.next().value })[0] as readonly Event[];
        const plan = { kind: 'SHADOW', primaryMetric: 'accuracy', secondaryMetrics: [], segments: ['country'] };
        await runExperiment(`run-${run}`, plan);
        const reader = new FakeJournalReader(`journal-${run}`);
        reader.append(events.slice(0, restartAt));
        await ingestAll(reader, batchSize);
        reader.append(events.slice(restartAt));
        await ingestAll(reader, batchSize);
        for (const country of [null, 'DE', 'CH']) {
          const arms = await new TypeormPairedSumsStore(database.dataSource).read(`run-${run}`, country ? `country=${country}` : everyone);
          const expected = naivePairs(events, country);
          for (const { variant, moments, counts } of arms) {
            const own = expected.units[variant] ?? {};
            for (const [metric, matrix] of Object.entries(moments)) {
              const units = Object.values(own[metric] ?? {});
              expect(matrix.packed.map((sum) => Number(sum.toFixed(9)))).toEqual(
                (units.length > 0 ? MomentMatrix.of(units) : MomentMatrix.empty(3)).packed.map((sum) => Number(sum.toFixed(9))),
              );
            }
            const found = Object.entries(counts).flatMap(([kind, table]) =>
              table.filter(({ pairs }) => pairs !== 0).map((one) => [`${kind} ${one.controlBin} ${one.treatmentBin}`, one.pairs] as const),
            );
            expect(Object.fromEntries(found)).toEqual(expected.cells[variant] ?? {});
          }
          expect(arms.map(({ variant }) => variant).sort()).toEqual(Object.keys(expected.units).sort());
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('are what the control says to the inputs of the others, where it foretells them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.nat(30), fc.infiniteStream(fc.nat()), async (batchSize, restartAt, seeds) => {
        const run = ++runs;
        const all = fc.sample(randomEvents(run), { numRuns: 1, seed: seeds.next().value })[0] as readonly Event[];
        const variantOf = (id: string) =>
          all.find((event): event is PredictionEvent => event.type === 'prediction' && event.id === id)?.assignments[0]?.variant;
        const events = all.flatMap((event): Event[] => {
          if (event.type !== 'shadow') return [event];
          return event.variant === 'next' && variantOf(event.predictionId) === 'other' ? [{ ...event, variant: 'now' }] : [];
        });
        const variants = [
          { key: 'now', isControl: true },
          { key: 'other', isControl: false },
        ];
        const plan = {
          kind: 'AB',
          variants,
          primaryMetric: 'accuracy',
          secondaryMetrics: ['confidence'],
          analysis: { controlScore: true },
        };
        await runExperiment(`run-${run}`, plan);
        const reader = new FakeJournalReader(`journal-${run}`);
        reader.append(events.slice(0, restartAt));
        await ingestAll(reader, batchSize);
        reader.append(events.slice(restartAt));
        await ingestAll(reader, batchSize);
        const store = new TypeormResultSumsStore(database.dataSource, () => 0);
        const sums = await store.read({ experiment: `run-${run}`, segment: everyone, ripening: [], covariates: true });
        for (const { variant, covariates = {} } of sums.variants) {
          for (const metric of ['accuracy', 'confidence']) {
            const expected = naiveScores(events, metric, variant)
              .map((unit) => covariateDelta({ totals: noTotals, covariate: null }, unit, null))
              .reduce((sum, delta) => sum.map((one, at) => one + (delta[at] as number)), Object.values(noCovariateSums));
            const rounded = (products: object) =>
              Object.entries(products).map(([name, sum]) => [name, Number((sum as number).toFixed(9)) + 0]);
            expect(rounded(covariates[metric] ?? noCovariateSums)).toEqual(rounded(covariateSumsOf(expected)));
          }
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});

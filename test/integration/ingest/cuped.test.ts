import type { Event, OutcomeEvent, PredictionEvent } from '../../../src/events/event';
import { createEventId } from '../../../src/events/event-id';
import { noCuped } from '../../../src/experiments/experiment';
import { MetricCatalog } from '../../../src/experiments/metric-catalog';
import { ResultsService } from '../../../src/experiments/results-service';
import { EventIngester } from '../../../src/persistence/ingest/event-ingester';
import { Partitions } from '../../../src/persistence/partitions';
import { TypeormExperimentStore } from '../../../src/persistence/typeorm-experiment-store';
import { TypeormLookStore } from '../../../src/persistence/typeorm-look-store';
import { TypeormMetricStore } from '../../../src/persistence/typeorm-metric-store';
import { TypeormPairedSumsStore } from '../../../src/persistence/typeorm-paired-sums-store';
import { TypeormResultSumsStore } from '../../../src/persistence/typeorm-result-sums-store';
import { cuped } from '../../../src/statistics/cuped';
import { MomentMatrix } from '../../../src/statistics/moment-matrix';
import { anExperiment, anExperimentEvent } from '../../contract/an-experiment';
import { FakeLogger } from '../../fakes/fake-logger';
import { minstd } from '../../unit/statistics/reference-numbers';
import { createTestDatabase, type TestDatabase } from '../database';
import { FakeJournalReader } from './fake-journal-reader';

const startMs = Math.floor(Date.now() / 3_600_000) * 3_600_000;
const dayMs = 86_400_000;
const unitsPerArm = 60;
const variants = ['control', 'cnn'];
const shared = {
  name: 'Metric',
  description: '',
  direction: 'higher',
  conversionWindowMs: null,
  maturityMs: 0,
  isBuiltIn: false,
  quantile: null,
} as const;
const random = minstd(1_234);

interface Unit {
  readonly variant: string;
  readonly exposure: PredictionEvent;
  readonly outcomes: readonly OutcomeEvent[];
}

function idOf(kind: number, unit: number, index: number): string {
  const bytes = Buffer.alloc(10);
  for (const [at, value] of [kind, unit, index].entries()) bytes.writeUInt16BE(value, 2 + 2 * at);
  return createEventId(startMs + index, bytes);
}

function anExposure(unit: number, variant: string, occurredAtMs: number, index: number): PredictionEvent {
  return {
    ...{
      type: 'prediction',
      id: idOf(1, unit, index),
      occurredAtMs,
      model: 'digits',
      version: '1',
      unitId: `unit-${unit}`,
      attributes: null,
    },
    assignments: [{ experiment: 'shop', variant, propensity: 0.5 }],
    outcome: { status: 'failed', code: 'OVERLOADED', message: 'busy' },
    inputFeatures: {},
    timing: { queueMs: 0, preprocessMs: 0, inferenceMs: 0, totalMs: 1, batchSize: 1 },
  };
}

/** What the unit likes shows before and after; some spent something long ago, which is too early. */
function aUnit(unit: number): Unit {
  const variant = variants[unit % 2] as string;
  const [taste, exposedAtMs] = [1 + 9 * random(), startMs + 1000 * (1 + unit)];
  const anOutcome = (metric: string, index: number, daysAfter: number): OutcomeEvent => ({
    ...{ type: 'outcome', id: idOf(2, unit, index), metric, unitId: `unit-${unit}`, predictionId: null },
    ...{
      value: Math.round(100 * (taste + random() + (daysAfter > 0 ? unit % 2 : 0))) / 100,
      denominator: metric === 'basket' ? 1 + (index % 3) : null,
    },
    ...{ occurredAtMs: exposedAtMs + daysAfter * dayMs, receivedAtMs: exposedAtMs },
  });
  const days = [-20, -7, -6.9, -2, 0, 0.001];
  const outcomes = ['revenue', 'basket'].flatMap((metric, at) =>
    days.filter((_, index) => index !== unit % 7).map((day, index) => anOutcome(metric, 10 * at + index, day)),
  );
  return { variant, exposure: anExposure(unit, variant, exposedAtMs, 0), outcomes };
}

/** (M, D, X, E), the slow way. */
function rowOf({ exposure: { occurredAtMs: fromMs }, outcomes }: Unit, metric: string, cap: number): readonly number[] {
  const total = (counts: (agoMs: number) => boolean) => {
    const counted = outcomes.filter((one) => one.metric === metric && counts(fromMs - one.occurredAtMs));
    const value = counted.reduce((sum, one) => sum + one.value, 0);
    return [Math.min(cap, value), counted.reduce((sum, one) => sum + (one.denominator ?? 1), 0)];
  };
  return [...total((agoMs) => agoMs <= 0), ...total((agoMs) => agoMs > 0 && agoMs <= 7 * dayMs)];
}

describe('an experiment with CUPED', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  async function ingest(name: string, events: readonly Event[]): Promise<void> {
    const { dataSource } = database;
    const partitions = new Partitions({ dataSource, logger: new FakeLogger(), now: Date.now });
    await partitions.maintain();
    const reader = new FakeJournalReader(name);
    reader.append(events);
    const ingester = new EventIngester({ dataSource, reader, partitions, logger: new FakeLogger(), now: Date.now, batchSize: 97 });
    ingester.start();
    await ingester.drain();
    await ingester.stop();
  }

  it('has the lifts of its units, adjusted by their week before, from events to results', async () => {
    const { dataSource } = database;
    const [experiments, metrics] = [new TypeormExperimentStore(dataSource), new TypeormMetricStore(dataSource)];
    await metrics.insert({ ...shared, key: 'revenue', kind: 'mean', cap: 18 });
    await metrics.insert({ ...shared, key: 'basket', kind: 'ratio', cap: null });
    const analysis = { ...noCuped, cuped: true, cupedLookbackMs: 7 * dayMs, method: 'ALWAYS_VALID', alpha: 0.05 } as const;
    const terms = { minimumDetectableEffect: null, nonInferiorityMargin: null };
    const plan = { primaryMetric: 'revenue', secondaryMetrics: ['basket', 'error_rate'], guardrails: [], segments: [] };
    const experiment = anExperiment({ key: 'shop', status: 'RUNNING', ...plan, analysis: { ...analysis, ...terms } });
    await experiments.insert(experiment, anExperimentEvent());
    const units = Array.from({ length: 2 * unitsPerArm }, (_, unit) => aUnit(unit));
    // The exposures of some come earlier than they were told at first; and outcomes before exposures, and after them.
    const late = units.slice(0, 40).map(({ variant, exposure }, unit) => anExposure(unit, variant, exposure.occurredAtMs + 3_600_000, 1));
    const outcomes = units.flatMap((unit) => unit.outcomes);
    await ingest('first', [...outcomes.filter((_, at) => at % 2 === 0), ...late]);
    await ingest('second', [
      ...units.map(({ exposure }) => exposure),
      ...outcomes.filter((_, at) => at % 2 === 1),
      ...outcomes.slice(0, 50),
    ]);

    const sums = new TypeormResultSumsStore(dataSource, () => 0);
    const service = new ResultsService({
      experiments,
      metrics: new MetricCatalog(metrics),
      sums,
      pairs: new TypeormPairedSumsStore(dataSource),
      looks: new TypeormLookStore(dataSource),
      catalog: { classLabels: () => null },
      now: () => new Date(),
    });
    const results = await service.results('shop');
    const [revenue, basket, errorRate] = results.metrics;
    for (const { metric, cap, of, variables } of [
      {
        metric: 'revenue',
        cap: 18,
        of: revenue,
        variables: { metric: { numerator: 1, denominator: 0 }, covariates: [{ numerator: 3, denominator: 0 }] },
      },
      {
        metric: 'basket',
        cap: Infinity,
        of: basket,
        variables: { metric: { numerator: 1, denominator: 2 }, covariates: [{ numerator: 3, denominator: 4 }] },
      },
    ]) {
      const arms = variants.map((key) =>
        MomentMatrix.of(units.filter(({ variant }) => variant === key).map((unit) => rowOf(unit, metric, cap))),
      );
      const expected = cuped(arms, variables);
      expect(of?.cuped).toEqual({
        covariate: 'PRE_EXPOSURE',
        applied: true,
        reason: null,
        varianceRemoved: expect.closeTo(expected?.varianceRemoved ?? 0, 9),
      });
      expect(of?.cuped?.varianceRemoved).toBeGreaterThan(0.3);
      expect(of?.variants.map(({ mean }) => mean)).toEqual(expected?.arms.map(({ unadjusted }) => expect.closeTo(unadjusted.mean, 9)));
      expect(of?.variants.map(({ adjustedMean }) => adjustedMean)).toEqual(expected?.arms.map(({ mean }) => expect.closeTo(mean, 9)));
    }
    expect(errorRate?.cuped).toMatchObject({ covariate: null, applied: false });
    expect(results.health.preExperimentBias).toMatchObject([
      { metric: 'revenue', variant: 'cnn', flagged: false },
      { metric: 'basket', variant: 'cnn', flagged: false },
    ]);

    const ripening = [{ metric: 'revenue', exposedBefore: new Date(startMs) }];
    const { variants: young } = await sums.read({ experiment: 'shop', segment: '', ripening, covariates: true });
    expect(young.map(({ covariates }) => Object.keys(covariates ?? {}))).toEqual([['basket'], ['basket']]);
  });
});

import type { LoggedUnits, LoggedUnitsRequest } from '../../../src/experiments/logged-units';
import { MetricCatalog } from '../../../src/experiments/metric-catalog';
import { ReportService } from '../../../src/experiments/report-service';
import type { SharedUnits, SharedUnitsRequest } from '../../../src/experiments/shared-units';
import { anExperiment, anExperimentEvent } from '../../contract/an-experiment';
import { FakeExperimentStore } from '../../fakes/fake-experiment-store';
import { FakeMetricStore } from '../../fakes/fake-metric-store';
import { accuracySums } from './unit-sums';

const now = new Date('2026-11-23T12:00:00Z');
const dayMs = 86_400_000;

async function setUp() {
  const store = new FakeExperimentStore();
  const metrics = new MetricCatalog(new FakeMetricStore());
  await metrics.define({ key: 'revenue', kind: 'mean', cap: 50, maturityMs: dayMs });
  const idle = { key: 'idle', name: 'idle', version: '1', weight: 0, isControl: false };
  const one = anExperiment({ key: 'one', status: 'RUNNING' });
  await store.insert({ ...one, variants: [...one.variants, idle] }, anExperimentEvent());
  await store.insert(
    { ...anExperiment({ key: 'two', status: 'RUNNING', model: 'prices', primaryMetric: 'revenue' }) },
    anExperimentEvent(),
  );
  const requests: (LoggedUnitsRequest | SharedUnitsRequest)[] = [];
  let logged: LoggedUnits = {
    groups: [
      { variant: 'control', propensity: 0.5, sums: accuracySums(100, 80) },
      { variant: 'cnn', propensity: 0.5, sums: accuracySums(100, 90) },
    ],
    sampledOneIn: 1,
  };
  let shared: SharedUnits = {
    cells: ['control', 'cnn'].flatMap((first) =>
      ['control', 'cnn'].map((second) => ({ first, second, units: 50, sums: accuracySums(50, 40) })),
    ),
    sampledOneIn: 2,
  };
  const answer = async <Answer>(request: LoggedUnitsRequest | SharedUnitsRequest, units: () => Answer): Promise<Answer> => {
    requests.push(request);
    return units();
  };
  const service = new ReportService({
    experiments: store,
    metrics,
    logged: { read: (request) => answer(request, () => logged) },
    shared: { read: (request) => answer(request, () => shared) },
    now: () => now,
  });
  const bend = (more: { logged?: LoggedUnits; shared?: SharedUnits }) => {
    logged = more.logged ?? logged;
    shared = more.shared ?? shared;
  };
  return { service, requests, bend };
}

const evenly = [
  { variant: 'control', weight: 0.25 },
  { variant: 'cnn', weight: 0.75 },
];

describe('offPolicy', () => {
  it('reads the primary metric unless another one is named', async () => {
    const { service, requests } = await setUp();
    const report = await service.offPolicy({ experiment: 'one', policy: evenly, metric: null });
    expect(report).toMatchObject({ experiment: 'one', metric: 'accuracy', asOf: now, units: 200, level: 0.95, ips: null });
    expect(report.selfNormalised?.estimate).toBeCloseTo(0.25 * 0.8 + 0.75 * 0.9, 12);
    await service.offPolicy({ experiment: 'two', policy: evenly, metric: 'revenue' });
    expect(requests).toEqual([
      { experiment: 'one', metric: 'accuracy', isRatio: true, cap: null, exposedBefore: null },
      { experiment: 'two', metric: 'revenue', isRatio: false, cap: 50, exposedBefore: new Date(now.getTime() - dayMs) },
    ]);
  });

  it.each<[string, { variant: string; weight: number }[], RegExp]>([
    ['weights that do not add up to 1', [{ variant: 'control', weight: 0.3 }], /must add up to 1, not to 0\.3/],
    ['no weights', [], /must add up to 1, not to 0/],
    ['a variant that there is not', [{ variant: 'x', weight: 1 }], /no variant "x"; variants: control, cnn, idle/],
    ['a variant that is named twice', [...evenly, { variant: 'cnn', weight: 0 }], /"cnn" is named twice/],
    ['a weight above 1', [{ variant: 'control', weight: 1.5 }], /between 0 and 1, not at 1\.5/],
    ['a weight that is no number', [{ variant: 'control', weight: Number.NaN }], /between 0 and 1, not at NaN/],
    ['a variant with propensity 0', [{ variant: 'idle', weight: 1 }], /"idle" has the propensity 0/],
  ])('refuses %s', async (_, policy, message) => {
    const { service, requests } = await setUp();
    const refusal = { code: 'BAD_USER_INPUT', message: expect.stringMatching(message) };
    await expect(service.offPolicy({ experiment: 'one', policy, metric: null })).rejects.toMatchObject(refusal);
    expect(requests).toEqual([]);
  });

  it.each([
    ['EXPERIMENT_NOT_FOUND', { experiment: 'nothing', metric: null }],
    ['METRIC_NOT_FOUND', { experiment: 'one', metric: 'nothing' }],
    ['BAD_USER_INPUT', { experiment: 'one', metric: 'revenue' }],
  ])('answers %s', async (code, question) => {
    const { service } = await setUp();
    await expect(service.offPolicy({ ...question, policy: evenly })).rejects.toMatchObject({ code });
  });

  it('says when a variant has no units yet, or none whose propensity is known', async () => {
    const { service, bend } = await setUp();
    const sums = accuracySums(100, 80);
    const state = { code: 'INVALID_STATE', message: expect.stringMatching(/Variant "cnn" of experiment "one" has no units/) };
    for (const propensity of [null, 0]) {
      bend({
        logged: {
          groups: [
            { variant: 'control', propensity: 0.5, sums },
            { variant: 'cnn', propensity, sums },
          ],
          sampledOneIn: 1,
        },
      });
      await expect(service.offPolicy({ experiment: 'one', policy: evenly, metric: null })).rejects.toMatchObject(state);
    }
    await expect(
      service.offPolicy({ experiment: 'one', policy: [{ variant: 'control', weight: 1 }], metric: null }),
    ).resolves.toBeDefined();
  });
});

describe('interaction', () => {
  it('counts by the first experiment when it watches the metric, else by the second', async () => {
    const { service, requests } = await setUp();
    expect(await service.interaction({ first: 'one', second: 'two', metric: 'latency_ms' })).toMatchObject({
      ...{ first: 'one', second: 'two', metric: 'latency_ms', totalsOf: 'one', asOf: now, units: 200, sampledOneIn: 2 },
      interactions: [
        { first: 'cnn', second: 'cnn' },
        { first: 'idle', second: 'cnn' },
      ],
    });
    await service.interaction({ first: 'one', second: 'two', metric: 'revenue' });
    expect(requests[1]).toEqual({
      ...{ first: 'one', second: 'two', metric: 'revenue', totalsOf: 'two', isRatio: false, cap: 50 },
      exposedBefore: new Date(now.getTime() - dayMs),
    });
  });

  it.each([
    ['EXPERIMENT_NOT_FOUND', { first: 'one', second: 'nothing', metric: 'accuracy' }],
    ['METRIC_NOT_FOUND', { first: 'one', second: 'two', metric: 'nothing' }],
    ['BAD_USER_INPUT', { first: 'one', second: 'one', metric: 'accuracy' }],
  ])('answers %s', async (code, question) => {
    const { service, requests } = await setUp();
    await expect(service.interaction(question)).rejects.toMatchObject({ code });
    expect(requests).toEqual([]);
  });

  it('says when they share no units', async () => {
    const { service, bend } = await setUp();
    bend({ shared: { cells: [], sampledOneIn: 1 } });
    const state = { code: 'INVALID_STATE', message: expect.stringMatching(/share no units/) };
    await expect(service.interaction({ first: 'one', second: 'two', metric: 'accuracy' })).rejects.toMatchObject(state);
  });
});

import { LiveStats } from '../../../src/live-stats/live-stats';
import type { ServingStatsSnapshot } from '../../../src/live-stats/serving-snapshot';
import { FakeLogger } from '../../fakes/fake-logger';
import { FakeReplicaStatsStore } from '../../fakes/fake-replica-stats-store';

const startMs = Date.UTC(2026, 2, 1);

class StatsHouse {
  readonly store: FakeReplicaStatsStore;
  readonly logger = new FakeLogger();
  readonly stats: LiveStats;
  nowMs: number;

  constructor({ replicaId = 'a', store = new FakeReplicaStatsStore(), nowMs = startMs } = {}) {
    this.store = store;
    this.nowMs = nowMs;
    this.stats = new LiveStats({
      replicaId,
      store,
      queueDepth: (model, version) => (model === 'digits' && version === '1' ? 3 : 0),
      now: () => new Date(this.nowMs),
      logger: this.logger,
    });
  }

  succeed(count: number, { model = 'digits', version = '1', totalMs = 10, variants = {} as Record<string, string> } = {}): void {
    const assignments = Object.entries(variants).map(([experiment, variant]) => ({ experiment, variant, propensity: 0.5 }));
    const timing = { queueMs: 1, preprocessMs: 2, inferenceMs: 4, postprocessMs: 0.5, totalMs, batchSize: 8 };
    for (let i = 0; i < count; i++) this.stats.succeeded({ model, version, assignments, timing });
  }
}

it('leaves out a replica of a build that counts otherwise', async () => {
  const house = new StatsHouse();
  const older = { model: 'digits', version: '1', requests: 5, successes: 5, latencyCounts: [5], inferenceMsSum: 1 };
  await house.store.publish({ replicaId: 'b', startedAtMs: startMs, asOfMs: startMs, versions: [older as never], variants: [] });
  await house.store.publish({ replicaId: 'c', startedAtMs: startMs, asOfMs: startMs, versions: [] } as never);
  house.succeed(2);
  await house.stats.exchange();
  expect(house.stats.snapshot({}).totalRequests).toBe(2);
});

describe('a snapshot', () => {
  it('of nothing is zeros, and null where there is nothing to measure', () => {
    const house = new StatsHouse();
    house.nowMs += 5_000;
    expect(house.stats.snapshot({})).toEqual({
      totalRequests: 0,
      successfulRequests: 0,
      failedRequests: 0,
      successRate: 0,
      requestsPerSecond: 0,
      avgInferenceMs: 0,
      stages: ['queue', 'preprocess', 'execute', 'postprocess', 'total'].map((stage) => ({
        stage,
        count: 0,
        meanMs: null,
        p50Ms: null,
        p95Ms: null,
        p99Ms: null,
      })),
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      avgBatchSize: null,
      cacheHits: 0,
      cacheMisses: 0,
      queueDepth: 0,
      uptimeMs: 5_000,
      startedAt: new Date(startMs),
      asOf: new Date(startMs + 5_000),
      replicas: 1,
    });
  });

  it('counts answers from the cache, and keeps them out of what was computed', () => {
    const house = new StatsHouse();
    house.succeed(1);
    for (const totalMs of [1, 2, 3])
      house.stats.succeeded({
        model: 'digits',
        version: '1',
        assignments: [],
        timing: { queueMs: 0, preprocessMs: 0.5, inferenceMs: 0, totalMs, batchSize: 0 },
      });
    for (const isHit of [false, true, true, true]) house.stats.lookedUp({ model: 'digits', version: '1', isHit, ms: 0.25 });
    const { stages, ...snapshot } = house.stats.snapshot({ model: 'digits' });
    expect(snapshot).toMatchObject({ successfulRequests: 4, cacheHits: 3, cacheMisses: 1, avgInferenceMs: 4, avgBatchSize: 8 });
    expect(stages.map(({ stage, count }) => [stage, count])).toEqual([
      ['queue', 1],
      ['preprocess', 1],
      ['execute', 1],
      ['postprocess', 1],
      ['total', 4],
    ]);
    expect(house.stats.of('digits', '1')).toMatchObject({
      rows: 1,
      executions: 1,
      succeeded: { count: 4, ms: 16 },
      execute: { count: 1, ms: 4 },
      cacheHits: { count: 3, ms: 0.75 },
      cacheMisses: { count: 1, ms: 0.25 },
    });
  });

  it('counts rows, refused ones included', () => {
    const house = new StatsHouse();
    house.succeed(98);
    house.succeed(1, { totalMs: 1_000 });
    house.stats.failed({ model: 'digits', version: '1', totalMs: 3 });
    house.nowMs += 10_000;
    const snapshot = house.stats.snapshot({});
    expect(snapshot).toMatchObject({
      totalRequests: 100,
      successfulRequests: 99,
      failedRequests: 1,
      successRate: 0.99,
      requestsPerSecond: 10,
      avgInferenceMs: 4,
      avgBatchSize: 8,
      queueDepth: 3,
    });
    expect(snapshot.p50Ms).toBeCloseTo(10, 0);
    expect(snapshot.p95Ms).toBeLessThan(11);
    expect(snapshot.p99Ms).toBeGreaterThan(900);
  });

  it('is of a model or a version when asked', () => {
    const house = new StatsHouse();
    house.succeed(1);
    house.succeed(2, { version: '2' });
    house.succeed(4, { model: 'iris' });
    house.stats.failed({ model: 'digits', version: null, totalMs: 3 });
    house.stats.failed({ model: null, version: null, totalMs: 3 });
    const total = (filter: { model?: string; version?: string }) => house.stats.snapshot(filter).totalRequests;
    expect([total({}), total({ model: 'digits' }), total({ model: 'digits', version: '2' }), total({ model: 'none' })]).toEqual([
      9, 4, 2, 0,
    ]);
  });

  it('has the rate of the last 60 seconds', () => {
    const house = new StatsHouse();
    for (let second = 0; second < 200; second++) {
      house.nowMs = startMs + second * 1_000;
      house.succeed(second < 100 ? 50 : 5);
    }
    expect(house.stats.snapshot({}).requestsPerSecond).toBe(5);
    house.nowMs += 3_600_000;
    expect(house.stats.snapshot({}).requestsPerSecond).toBe(0);
  });

  it('does not grow with the names that are asked for', () => {
    const house = new StatsHouse();
    for (let i = 0; i < 3_000; i++) house.stats.failed({ model: `m${i}`, version: null, totalMs: 3 });
    expect(house.stats.snapshot({}).totalRequests).toBe(3_000);
    expect(house.stats.snapshot({ model: 'm2999' }).totalRequests).toBe(0);
    expect(house.stats.snapshot({ model: '' }).totalRequests).toBe(2_000);
  });

  it('says where the time went: rows of tensors count as rows', () => {
    const house = new StatsHouse();
    const timing = { queueMs: 1, preprocessMs: 2, inferenceMs: 4, postprocessMs: 0.25, totalMs: 8, batchSize: 3 };
    house.stats.inferred({ model: 'digits', version: '1', rows: 3, timing });
    const means = house.stats.snapshot({}).stages.map(({ stage, count, meanMs }) => [stage, count, meanMs]);
    expect(means).toEqual([
      ['queue', 3, 1],
      ['preprocess', 3, 2],
      ['execute', 3, 4],
      ['postprocess', 3, 0.25],
      ['total', 3, 8],
    ]);
    expect(house.stats.of('digits', '1')).toMatchObject({ rows: 3, executions: 1, queue: { count: 1, ms: 1 } });
  });
});

describe('latencies of variants', () => {
  const counts = (house: StatsHouse, experiment: string) =>
    house.stats
      .variantLatencies(experiment)
      .map(({ variant, stages }) => [variant, stages.map(({ stage, count, meanMs }) => `${stage} ${count} ${meanMs}`).join(', ')]);

  it('count a row in each experiment that it is in, and add up over replicas', async () => {
    const first = new StatsHouse();
    const second = new StatsHouse({ replicaId: 'b', store: first.store });
    first.succeed(3, { totalMs: 10, variants: { colour: 'red', size: 'large' } });
    first.succeed(1, { totalMs: 20, variants: { colour: 'blue' } });
    first.succeed(5);
    second.succeed(1, { totalMs: 30, variants: { colour: 'red' } });
    await first.stats.exchange();
    await second.stats.exchange();
    expect(counts(second, 'colour')).toEqual([
      ['blue', 'queue 1 1, preprocess 1 2, execute 1 4, postprocess 1 0.5, total 1 20'],
      ['red', 'queue 4 1, preprocess 4 2, execute 4 4, postprocess 4 0.5, total 4 15'],
    ]);
    expect(counts(second, 'size').map(([variant]) => variant)).toEqual(['large']);
    expect(counts(second, 'none')).toEqual([]);
  });

  it('take no more room for more than a thousand variants', () => {
    const house = new StatsHouse();
    for (let i = 0; i < 1_500; i++) house.succeed(1, { variants: { [`experiment-${i}`]: 'control' } });
    expect(house.stats.own().variants).toHaveLength(1_001);
    expect(house.stats.variantLatencies('')[0]?.stages.at(-1)?.count).toBe(500);
  });
});

describe('replicas', () => {
  it('add up, since the first of them started', async () => {
    const first = new StatsHouse();
    const second = new StatsHouse({ replicaId: 'b', store: first.store, nowMs: startMs + 30_000 });
    first.nowMs = second.nowMs = startMs + 60_000;
    first.succeed(100, { totalMs: 10 });
    second.succeed(20, { totalMs: 1_000 });
    await first.stats.exchange();
    await second.stats.exchange();
    const snapshot = second.stats.snapshot({ model: 'digits' });
    expect(snapshot).toMatchObject({ totalRequests: 120, replicas: 2, queueDepth: 6, startedAt: new Date(startMs), requestsPerSecond: 2 });
    expect(snapshot.p50Ms).toBeCloseTo(10, 0);
    expect(snapshot.p95Ms).toBeGreaterThan(900);
  });

  it('are forgotten when the database cannot be read for 10 s; that is logged once', async () => {
    const first = new StatsHouse();
    const second = new StatsHouse({ replicaId: 'b', store: first.store });
    await first.stats.exchange();
    await second.stats.exchange();
    first.store.failure = new Error('away');
    for (const seconds of [0, 5, 10]) {
      second.nowMs = startMs + seconds * 1_000;
      await second.stats.exchange();
      expect(second.stats.snapshot({}).replicas).toBe(2);
    }
    second.nowMs += 1;
    expect(second.stats.snapshot({}).replicas).toBe(1);
    expect(second.logger.lines.map((line) => line.event)).toEqual(['replica_stats_not_exchanged']);
    first.store.failure = null;
    await second.stats.exchange();
    expect(second.stats.snapshot({}).replicas).toBe(2);
  });

  it('publish each second from start to stop, and withdraw', async () => {
    jest.useFakeTimers();
    try {
      const house = new StatsHouse();
      house.stats.start();
      house.succeed(1);
      await jest.advanceTimersByTimeAsync(1_000);
      expect(house.store.published.get('a')?.stats.versions[0]).toMatchObject({ totalRequests: 1 });
      house.succeed(1);
      await jest.advanceTimersByTimeAsync(1_000);
      expect(house.store.published.get('a')?.stats.versions[0]).toMatchObject({ totalRequests: 2 });
      await house.stats.stop();
      expect(house.store.published.size).toBe(0);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('stop also when the database is away', async () => {
    const house = new StatsHouse();
    house.store.failure = new Error('away');
    await expect(house.stats.stop()).resolves.toBeUndefined();
  });
});

describe('watching', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const totalOf = async (values: AsyncIterableIterator<ServingStatsSnapshot>) => (await values.next()).value?.totalRequests;

  it('gives the present state at once, then the newest each interval, and nothing in between', async () => {
    const house = new StatsHouse();
    const values = house.stats.watch({}, 1_000);
    house.succeed(1);
    expect(await totalOf(values)).toBe(1);
    const next = totalOf(values);
    house.succeed(1);
    await jest.advanceTimersByTimeAsync(999);
    house.succeed(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(await next).toBe(3);
    await values.return?.();
  });

  it('skips what a slow reader missed', async () => {
    const house = new StatsHouse();
    const values = house.stats.watch({}, 100);
    await values.next();
    for (let i = 0; i < 50; i++) {
      house.succeed(1);
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(await totalOf(values)).toBe(50);
    await values.return?.();
  });

  it('gives a later watcher of the same the present state too, from one producer', async () => {
    const house = new StatsHouse();
    const first = house.stats.watch({ model: 'digits' }, 60_000);
    await first.next();
    house.succeed(5);
    const second = house.stats.watch({ model: 'digits' }, 60_000);
    expect(await totalOf(second)).toBe(5);
    expect(jest.getTimerCount()).toBe(1);
    house.stats.watch({ model: 'digits' }, 1_000);
    expect(jest.getTimerCount()).toBe(2);
    await first.return?.();
    await second.return?.();
    expect(jest.getTimerCount()).toBe(1);
    await house.stats.stop();
  });

  it('ends with its signal, also one that was given up before', async () => {
    const house = new StatsHouse();
    const controller = new AbortController();
    const values = house.stats.watch({}, 1_000, controller.signal);
    await values.next();
    const waiting = values.next();
    controller.abort();
    expect(await waiting).toEqual({ value: undefined, done: true });
    expect(await house.stats.watch({}, 1_000, controller.signal).next()).toEqual({ value: undefined, done: true });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends when the statistics stop', async () => {
    const house = new StatsHouse();
    const values = house.stats.watch({}, 1_000);
    await values.next();
    const waiting = values.next();
    await house.stats.stop();
    expect(await waiting).toEqual({ value: undefined, done: true });
    expect(jest.getTimerCount()).toBe(0);
  });
});

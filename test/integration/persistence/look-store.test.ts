import type { Experiment } from '../../../src/experiments/experiment';
import { foldLift, noLiftEvidence } from '../../../src/experiments/lift-evidence';
import { LookRecorder } from '../../../src/experiments/look-recorder';
import { LookSeries } from '../../../src/experiments/look-series';
import { MetricCatalog } from '../../../src/experiments/metric-catalog';
import { ResultsService } from '../../../src/experiments/results-service';
import { TypeormExperimentStore } from '../../../src/persistence/typeorm-experiment-store';
import { TypeormLookStore } from '../../../src/persistence/typeorm-look-store';
import { TypeormMetricStore } from '../../../src/persistence/typeorm-metric-store';
import { TypeormPairedSumsStore } from '../../../src/persistence/typeorm-paired-sums-store';
import { TypeormResultSumsStore } from '../../../src/persistence/typeorm-result-sums-store';
import { anExperiment, anExperimentEvent } from '../../contract/an-experiment';
import { describeLookStore } from '../../contract/look-store.contract';
import { FakeLogger } from '../../fakes/fake-logger';
import { createTestDatabase, type TestDatabase } from '../database';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.dataSource.query('TRUNCATE experiment_look, experiment, experiment_event, variant_sums, variant_traffic'));

describeLookStore('TypeORM', () => new TypeormLookStore(database.dataSource));

describe('looks at an experiment in the database', () => {
  const experiment: Experiment = anExperiment({ status: 'RUNNING', guardrails: [] });
  const startedMs = Date.parse('2026-03-02T00:00:00.001Z');
  const clock = { now: new Date(startedMs) };
  const now = () => clock.now;

  /** Everything that a serving process has of its own. */
  function aReplica() {
    const { dataSource } = database;
    const [experiments, looks] = [new TypeormExperimentStore(dataSource), new TypeormLookStore(dataSource)];
    const sums = new TypeormResultSumsStore(dataSource, () => 0);
    const results = new ResultsService({
      experiments,
      metrics: new MetricCatalog(new TypeormMetricStore(dataSource)),
      sums,
      pairs: new TypeormPairedSumsStore(dataSource),
      looks,
      catalog: { classLabels: () => null },
      now,
    });
    const logger = new FakeLogger();
    const options = { running: () => [experiment], lookAt: (one: Experiment) => results.lookAt(one), looks, now, logger };
    return { experiments, looks, results, logger, recorder: new LookRecorder({ ...options, lookEveryMs: 1_000 }) };
  }

  /** So many units of each arm have one labelled prediction by now, and this share of them was right. */
  async function count(units: number, [control, treatment]: readonly [number, number]): Promise<void> {
    await database.dataSource.query('TRUNCATE variant_sums, variant_traffic');
    for (const [variant, share] of [
      ['control', control],
      ['cnn', treatment],
    ] as const) {
      const right = Math.round(units * share);
      await database.dataSource.query(`INSERT INTO variant_traffic VALUES ($1, '', $2, $3, $4, $4, $4)`, [
        experiment.key,
        variant,
        now(),
        units,
      ]);
      await database.dataSource.query(
        `INSERT INTO variant_sums VALUES ($1, '', $2, 'accuracy', $3, $4::bigint, $5::float8, $4::bigint, $5::float8, $4::bigint, $5::float8)`,
        [...[experiment.key, variant, now(), units, right]],
      );
    }
  }

  async function series() {
    return new TypeormLookStore(database.dataSource).series({
      experiment: experiment.key,
      metric: 'accuracy',
      variant: 'cnn',
      maxPoints: 1000,
    });
  }

  beforeEach(async () => {
    clock.now = new Date(startedMs);
    await new TypeormExperimentStore(database.dataSource).insert(experiment, anExperimentEvent());
  });

  it('are stored once by several replicas, replay to the last bit across restarts, and only ever narrow', async () => {
    let replicas = [aReplica(), aReplica(), aReplica()];
    for (let turn = 1; turn <= 12; turn++) {
      clock.now = new Date(startedMs + 1_000 * turn + 1);
      await count(40 * turn, [0.8 + 0.005 * (turn % 3), 0.85 - 0.007 * (turn % 4)]);
      await Promise.all(replicas.map(({ recorder }) => recorder.record()));
      if (turn % 5 === 0) replicas = [aReplica(), aReplica(), aReplica()];
    }
    expect(replicas.flatMap(({ logger }) => logger.lines)).toEqual([]);
    const points = await series();
    expect(points.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    let evidence = noLiftEvidence;
    let [lower, upper, pValue] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1];
    for (const { number, at, units, controlUnits, evidence: stored, ...row } of points) {
      evidence = foldLift(evidence, { ...row, number, atMs: at.getTime(), unitsInSmallestArm: Math.min(units, controlUnits) });
      expect(stored).toEqual(evidence);
      const { running } = evidence.absolute;
      if (running.state !== 'running') throw new Error(`The evidence is ${running.state}.`);
      expect(running.lower).toBeGreaterThanOrEqual(lower);
      expect(running.upper).toBeLessThanOrEqual(upper);
      expect(running.pValue).toBeLessThanOrEqual(pValue);
      [lower, upper, pValue] = [running.lower ?? lower, running.upper ?? upper, running.pValue];
    }
    const [metric] = (await aReplica().results.results(experiment.key)).metrics;
    expect(metric?.variants[1]).toMatchObject({ absoluteLift: { lower, upper }, pValue });
    const rows = await database.dataSource.query('SELECT look, count(*)::int AS n FROM experiment_look GROUP BY look ORDER BY look');
    expect(rows).toEqual(points.map(({ number }) => ({ look: number, n: 3 })));
  });

  it('give no verdict when they exclude each other, also once it is stopped', async () => {
    const { recorder, results, experiments } = aReplica();
    clock.now = new Date(startedMs + 1_000);
    await count(1_000, [0.9, 0.6]);
    await recorder.record();
    expect((await results.results(experiment.key)).decision).toMatchObject({ action: 'ROLL_BACK' });
    await count(20_000, [0.8, 0.9]);
    expect((await results.results(experiment.key)).decision.action).toBe('DO_NOT_TRUST');
    clock.now = new Date(startedMs + 2_000);
    await recorder.record();
    const stopped: Experiment = { ...anExperiment({ status: 'STOPPED', guardrails: [], revision: 2 }), shippedVariant: null } as Experiment;
    await experiments.update(stopped, anExperimentEvent({ action: 'STOPPED' }));
    // By itself the present look would be within what the first had left.
    await count(1_000, [0.9, 0.6]);
    const { decision, metrics } = await results.results(experiment.key);
    expect(decision).toMatchObject({ action: 'DO_NOT_TRUST', reason: expect.stringContaining('all looks before 2026-03-02 00:00 UTC') });
    expect(metrics[0]?.variants[1]).toMatchObject({
      significant: null,
      contradictions: [{ scale: 'ABSOLUTE', at: new Date(startedMs + 2_000) }, {}],
    });
  });

  it('are read one metric of one treatment at a time', async () => {
    const { recorder, experiments, looks } = aReplica();
    clock.now = new Date(startedMs + 1_000);
    await count(100, [0.9, 0.8]);
    await recorder.record();
    const service = new LookSeries({ experiments, looks });
    const question = { metric: null, variant: null, maxPoints: 2 };
    expect(await service.series(experiment.key, question)).toMatchObject([{ metric: 'accuracy', variant: 'cnn', number: 1, units: 100 }]);
    expect(await service.series(experiment.key, { ...question, metric: 'confidence', variant: 'cnn' })).toMatchObject([
      { metric: 'confidence' },
    ]);
    await expect(service.series('nothing', question)).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
    for (const wrong of [{ metric: 'x' }, { variant: 'control' }, { maxPoints: 1 }, { maxPoints: 1001 }, { maxPoints: 2.5 }])
      await expect(service.series(experiment.key, { ...question, ...wrong })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

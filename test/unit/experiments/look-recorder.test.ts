import fc from 'fast-check';
import type { Experiment } from '../../../src/experiments/experiment';
import { foldLift, noLiftEvidence } from '../../../src/experiments/lift-evidence';
import { LookRecorder } from '../../../src/experiments/look-recorder';
import { MetricCatalog } from '../../../src/experiments/metric-catalog';
import { ResultsService } from '../../../src/experiments/results-service';
import { anExperiment, anExperimentEvent } from '../../contract/an-experiment';
import { FakeExperimentStore } from '../../fakes/fake-experiment-store';
import { FakeLogger } from '../../fakes/fake-logger';
import { FakeLookStore } from '../../fakes/fake-look-store';
import { FakeMetricStore } from '../../fakes/fake-metric-store';
import { FakePairedSumsStore } from '../../fakes/fake-paired-sums-store';
import { FakeResultSumsStore } from '../../fakes/fake-result-sums-store';
import { accuracySums, anArm, experimentSums } from './unit-sums';

type Count = readonly [units: number, right: number];

const startedMs = Date.parse('2026-03-02T00:00:00.001Z');
const lookEveryMs = 1_000;

function setUp(experiment: Experiment = anExperiment({ status: 'RUNNING' })) {
  const clock = { now: new Date(startedMs) };
  const now = () => clock.now;
  const [experiments, sums, looks, logger] = [new FakeExperimentStore(), new FakeResultSumsStore(), new FakeLookStore(), new FakeLogger()];
  const metrics = new MetricCatalog(new FakeMetricStore());
  const results = new ResultsService({
    experiments,
    metrics,
    sums,
    pairs: new FakePairedSumsStore(),
    looks,
    catalog: { classLabels: () => null },
    now,
  });
  let running: readonly Experiment[] = [experiment];
  const recorder = () =>
    new LookRecorder({ running: () => running, lookAt: (one) => results.lookAt(one), looks, now, logger, lookEveryMs });
  return {
    ...{ experiment, experiments, metrics, sums, looks, logger, recorder },
    results: () => results.results(experiment.key),
    at: (ms: number) => {
      clock.now = new Date(startedMs + ms);
    },
    runs: (now: readonly Experiment[]) => {
      running = now;
    },
    counts: ([units, right]: Count, [treated, rightToo]: Count) => {
      const arms = [
        anArm('control', units, { accuracy: accuracySums(units, right) }),
        anArm('cnn', treated, { accuracy: accuracySums(treated, rightToo) }),
      ];
      sums.sums.set(experiment.key, experimentSums(...arms));
    },
    rowsOf: (metric: string) =>
      looks
        .all(experiment.key)
        .flatMap(({ number, at, rows }) => rows.filter((row) => row.metric === metric).map((row) => ({ ...row, number, at }))),
  };
}

/** The evidence that follows from the looks themselves. */
function replay(rows: ReturnType<ReturnType<typeof setUp>['rowsOf']>) {
  let evidence = noLiftEvidence;
  return rows.map(({ number, at, units, controlUnits, ...row }) => {
    evidence = foldLift(evidence, { ...row, number, atMs: at.getTime(), unitsInSmallestArm: Math.min(units, controlUnits) });
    return evidence;
  });
}

describe('a recorder of looks', () => {
  it('stores a look when one is due, of every metric of every treatment, and once', async () => {
    const { recorder, at, counts, looks, experiment } = setUp();
    counts([450, 405], [450, 444]);
    const own = recorder();
    at(999);
    await own.record();
    expect(looks.all(experiment.key)).toEqual([]);
    at(1_500);
    await own.record();
    await own.record();
    const [look, ...others] = looks.all(experiment.key);
    expect(others).toEqual([]);
    expect(look).toMatchObject({ number: 1, at: new Date(startedMs + 1_500) });
    expect(look?.rows.map(({ metric, variant }) => [metric, variant])).toEqual(
      ['accuracy', 'confidence', 'error_rate', 'latency_ms'].map((metric) => [metric, 'cnn']),
    );
    expect(look?.rows[0]).toMatchObject({
      ...{ controlUnits: 450, units: 450, controlMean: 0.9, mean: 444 / 450 },
      absoluteLift: { estimate: expect.closeTo(39 / 450, 12) },
      evidence: { absolute: { running: { state: 'running', lastLook: 1, looks: 1 } }, relative: { running: { state: 'running' } } },
    });
    expect(look?.rows[1]).toMatchObject({
      units: 0,
      mean: null,
      absoluteLift: null,
      pValue: null,
      evidence: { absolute: { running: { state: 'waiting' } } },
    });
  });

  it('reads nothing while no look is due', async () => {
    const { recorder, at, sums } = setUp();
    const own = recorder();
    at(1_500);
    await own.record();
    const reads = sums.requests.length;
    at(1_900);
    await own.record();
    expect(sums.requests).toHaveLength(reads);
  });

  it('leaves a gap where nobody could look, and tries the same look again', async () => {
    const { recorder, at, counts, looks, experiment, logger } = setUp();
    counts([450, 405], [450, 444]);
    const own = recorder();
    at(1_000);
    await own.record();
    looks.failure = new Error('The database is away.');
    at(5_000);
    await own.record();
    expect(logger.lines.filter(({ event }) => event === 'look_failed')).toHaveLength(1);
    looks.failure = null;
    at(5_400);
    await own.record();
    expect(looks.all(experiment.key).map(({ number }) => number)).toEqual([1, 5]);
  });

  it('looks once more at what leaves RUNNING', async () => {
    const { recorder, at, counts, looks, experiment, runs, sums } = setUp();
    counts([450, 405], [450, 444]);
    const own = recorder();
    at(2_000);
    await own.record();
    counts([500, 450], [500, 490]);
    runs([]);
    at(2_300);
    await own.record();
    const reads = sums.requests.length;
    at(9_000);
    await own.record();
    expect(sums.requests).toHaveLength(reads);
    expect(looks.all(experiment.key).map(({ number, rows }) => [number, rows[0]?.units])).toEqual([
      [2, 450],
      [3, 500],
    ]);
  });

  it('stores one of two recorders that look at once', async () => {
    const { recorder, at, counts, rowsOf } = setUp();
    const both = [recorder(), recorder()];
    for (let turn = 1; turn <= 5; turn++) {
      counts([100 * turn, 80 * turn], [100 * turn, 88 * turn]);
      at(1_000 * turn);
      await Promise.all(both.map((one) => one.record()));
    }
    expect(rowsOf('accuracy').map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(rowsOf('accuracy').map(({ evidence }) => evidence)).toEqual(replay(rowsOf('accuracy')));
  });

  it.each(['FIXED_HORIZON', 'BAYESIAN'] as const)('lets each look of %s stand by itself', async (method) => {
    const { analysis } = anExperiment();
    const plan = { ...analysis, method, plannedUnitsPerVariant: 400 };
    const { recorder, at, counts, rowsOf } = setUp(anExperiment({ status: 'RUNNING', analysis: plan }));
    counts([450, 405], [450, 444]);
    at(1_000);
    await recorder().record();
    expect(rowsOf('accuracy')).toMatchObject([{ absoluteLift: { estimate: expect.any(Number) }, evidence: null }]);
  });

  it('lets looks at a metric that grows with the age of its units stand by themselves', async () => {
    const { recorder, at, metrics, rowsOf, sums, experiment } = setUp(
      anExperiment({ status: 'RUNNING', secondaryMetrics: ['orders', 'early_orders'] }),
    );
    await metrics.define({ key: 'orders', kind: 'proportion' });
    await metrics.define({ key: 'early_orders', kind: 'proportion', conversionWindowMs: 60_000, maturityMs: 60_000 });
    const arm = (variant: string, right: number) => ({
      ...anArm(variant, 450, { orders: accuracySums(450, right), early_orders: accuracySums(450, right) }),
      ripeUnits: { early_orders: 450 },
    });
    sums.sums.set(experiment.key, experimentSums(arm('control', 45), arm('cnn', 90)));
    at(1_000);
    await recorder().record();
    expect(rowsOf('orders')).toMatchObject([{ pValue: expect.any(Number), evidence: null }]);
    expect(rowsOf('early_orders')).toMatchObject([{ evidence: { absolute: { running: { state: 'running' } } } }]);
  });

  it('never widens an interval and never raises a p, whatever the arms do, and replays to the last bit after restarts', async () => {
    const turn = fc.record({
      units: fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: 300 })),
      shares: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      pauseMs: fc.integer({ min: 1, max: 4_000 }),
      restarts: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 12 }), async (turns) => {
        const { recorder, at, counts, rowsOf, experiment, experiments, results } = setUp();
        await experiments.insert(experiment, anExperimentEvent());
        let [own, ms] = [recorder(), 0];
        let [control, treatment]: Count[] = [
          [0, 0],
          [0, 0],
        ];
        for (const { units, shares, pauseMs, restarts } of turns) {
          const grown = ([all, right]: Count, index: 0 | 1): Count => [
            all + units[index],
            right + Math.round(units[index] * shares[index]),
          ];
          [control, treatment] = [grown(control as Count, 0), grown(treatment as Count, 1)];
          counts(control, treatment);
          ms += pauseMs;
          at(ms);
          await own.record();
          const shown = (await results()).metrics[0]?.variants[1];
          const running = rowsOf('accuracy').at(-1)?.evidence?.absolute.running;
          if (shown?.absoluteLift && shown.contradictions.length === 0 && running?.state === 'running') {
            expect(shown.absoluteLift.lower).toBeGreaterThanOrEqual(running.lower ?? -Infinity);
            expect(shown.absoluteLift.upper).toBeLessThanOrEqual(running.upper ?? Infinity);
            expect(shown.pValue).toBeLessThanOrEqual(running.pValue);
          }
          if (restarts) own = recorder();
        }
        const stored = rowsOf('accuracy').map(({ evidence }) => evidence);
        expect(stored).toEqual(replay(rowsOf('accuracy')));
        for (const [index, after] of stored.slice(1).entries()) {
          const [one, other] = [stored[index]?.absolute.running, after?.absolute.running];
          if (one?.state === 'running' && other?.state === 'running') {
            expect(other.lower ?? -Infinity).toBeGreaterThanOrEqual(one.lower ?? -Infinity);
            expect(other.upper ?? Infinity).toBeLessThanOrEqual(one.upper ?? Infinity);
          }
          if (one?.state !== 'waiting' && other?.state !== 'waiting') expect(other?.pValue).toBeLessThanOrEqual(one?.pValue ?? 1);
          if (one?.state === 'contradicted') expect(other?.state).toBe('contradicted');
        }
      }),
      { numRuns: 60 },
    );
  });
});

import { MetricCatalog } from '../../../src/experiments/metric-catalog';
import { ResultsService } from '../../../src/experiments/results-service';
import { anExperiment, anExperimentEvent } from '../../contract/an-experiment';
import { FakeExperimentStore } from '../../fakes/fake-experiment-store';
import { FakeLookStore } from '../../fakes/fake-look-store';
import { FakeMetricStore } from '../../fakes/fake-metric-store';
import { FakePairedSumsStore } from '../../fakes/fake-paired-sums-store';
import { FakeResultSumsStore } from '../../fakes/fake-result-sums-store';
import { accuracySums, anArm, experimentSums } from './unit-sums';

const now = new Date('2026-11-23T12:00:00Z');

const catalog = { classLabels: () => ['cat', 'dog'] };

function setUp() {
  const [experiments, sums] = [new FakeExperimentStore(), new FakeResultSumsStore()];
  const service = new ResultsService({
    experiments,
    metrics: new MetricCatalog(new FakeMetricStore()),
    sums,
    pairs: new FakePairedSumsStore(),
    looks: new FakeLookStore(),
    catalog,
    now: () => now,
  });
  return { service, experiments, sums };
}

describe('ResultsService', () => {
  it('reads what the results are made of, and says how old it is', async () => {
    const { service, experiments, sums } = setUp();
    const experiment = anExperiment({ status: 'RUNNING' });
    await experiments.insert(experiment, anExperimentEvent());
    sums.lagMs = 12;
    sums.sums.set(experiment.key, {
      ...experimentSums(
        anArm('control', 450, { accuracy: accuracySums(450, 405) }),
        anArm('cnn', 450, { accuracy: accuracySums(450, 444) }),
      ),
      multipleExposures: 3,
      unmatched: 2,
    });
    expect(await service.results(experiment.key)).toMatchObject({
      ...{ asOf: now, ingestLagMs: 12, validity: 'ANYTIME', units: 900 },
      health: { multipleExposures: 3, unmatched: 2 },
      metrics: [
        { metric: 'accuracy', role: 'PRIMARY' },
        { metric: 'latency_ms', role: 'SECONDARY' },
        { metric: 'confidence', role: 'SECONDARY' },
        { metric: 'error_rate', role: 'GUARDRAIL' },
      ],
      decision: { action: 'SHIP', variant: 'cnn' },
    });
  });

  it('has zeros for a draft, and the last verdict for what is stopped', async () => {
    const { service, experiments, sums } = setUp();
    await experiments.insert(anExperiment({ key: 'draft' }), anExperimentEvent());
    expect(await service.results('draft')).toMatchObject({
      units: 0,
      health: { sampleRatioMismatch: { pValue: null, mismatch: false }, labelCoverage: [{ coverage: null }, { coverage: null }] },
      decision: { action: 'KEEP_RUNNING', reason: 'The experiment has not started.' },
    });
    await experiments.insert(anExperiment({ key: 'over', status: 'STOPPED' }), anExperimentEvent());
    const arms = [anArm('control', 450, { accuracy: accuracySums(450, 444) }), anArm('cnn', 450, { accuracy: accuracySums(450, 405) })];
    sums.sums.set('over', experimentSums(...arms));
    expect((await service.results('over')).decision).toMatchObject({ action: 'ROLL_BACK', variant: 'control' });
  });

  it('tells segments apart, each with its share of alpha, and lets none of them decide', async () => {
    const { service, experiments, sums } = setUp();
    const experiment = anExperiment({ status: 'RUNNING' });
    await experiments.insert(experiment, anExperimentEvent());
    const arms = [anArm('control', 450, { accuracy: accuracySums(450, 405) }), anArm('cnn', 450, { accuracy: accuracySums(450, 444) })];
    for (const country of ['DE', 'CH', 'FR', 'IT', 'US'])
      sums.segmentSums.set(`${experiment.key} country=${country}`, experimentSums(...arms));
    sums.segmentSums.set(`${experiment.key} plan=free`, experimentSums(...arms));
    const results = await service.results(experiment.key, 'country=CH');
    expect(results).toMatchObject({ segment: 'country=CH', units: 900, decision: { action: 'KEEP_RUNNING' } });
    expect(results.metrics[0]?.variants[1]?.absoluteLift?.level).toBeCloseTo(0.99, 12);
    expect((await service.results(experiment.key, 'plan=free')).metrics[0]?.variants[1]?.absoluteLift?.level).toBeCloseTo(0.95, 12);
    expect(await service.segments(experiment.key)).toContain('plan=free');
    await expect(service.results(experiment.key, 'country=XX')).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('country=DE'),
    });
    await expect(service.segments('nothing')).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
  });

  it('counts units of a metric that ripens when they are old enough', async () => {
    const metrics = new FakeMetricStore();
    const [experiments, sums] = [new FakeExperimentStore(), new FakeResultSumsStore()];
    const known = new MetricCatalog(metrics);
    await known.define({ key: 'renewal', kind: 'proportion', maturityMs: 60_000 });
    const service = new ResultsService({
      experiments,
      metrics: known,
      sums,
      pairs: new FakePairedSumsStore(),
      looks: new FakeLookStore(),
      catalog,
      now: () => now,
    });
    const experiment = anExperiment({ status: 'RUNNING', primaryMetric: 'renewal', secondaryMetrics: [] });
    await experiments.insert(experiment, anExperimentEvent());
    const arm = (variant: string, ripe: number) => ({
      ...anArm(variant, 500, { renewal: accuracySums(ripe / 2, ripe / 4) }),
      ripeUnits: { renewal: ripe },
    });
    sums.sums.set(experiment.key, experimentSums(arm('control', 100), arm('cnn', 80)));
    const [metric] = (await service.results(experiment.key)).metrics;
    expect(metric?.variants.map(({ units, mean }) => [units, mean])).toEqual([
      [100, 0.25],
      [80, 0.25],
    ]);
    expect(sums.requests[0]?.ripening).toEqual([{ metric: 'renewal', exposedBefore: new Date(now.getTime() - 60_000) }]);
  });

  it('says that there is no such experiment', async () => {
    await expect(setUp().service.results('nothing')).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
  });
});

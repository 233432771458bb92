import type { ExperimentResults } from '../../../src/experiments/experiment-results';
import { exportResults } from '../../../src/experiments/export-results';
import { ExportService } from '../../../src/experiments/export-service';
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

async function setUp() {
  const [store, sums] = [new FakeExperimentStore(), new FakeResultSumsStore()];
  const experiment = anExperiment({ status: 'RUNNING' });
  await store.insert(experiment, anExperimentEvent());
  const given = experimentSums(
    anArm('control', 450, { accuracy: accuracySums(450, 405) }),
    anArm('cnn', 450, { accuracy: accuracySums(450, 444) }),
  );
  sums.sums.set(experiment.key, given);
  sums.segmentSums.set(`${experiment.key} country=(none)`, given);
  const results = new ResultsService({
    experiments: store,
    metrics: new MetricCatalog(new FakeMetricStore()),
    sums,
    pairs: new FakePairedSumsStore(),
    looks: new FakeLookStore(),
    catalog: { classLabels: () => null },
    now: () => now,
  });
  const find = async (key: string) => (await store.find(key)) ?? Promise.reject(new Error(key));
  const service = new ExportService({ experiments: { find, history: (key) => store.history(key) }, results });
  return { service, experiment, shown: await results.results(experiment.key) };
}

describe('ExportService', () => {
  it('writes a row for each metric and variant, with the numbers of the results to the last digit', async () => {
    const { service, experiment, shown } = await setUp();
    const { fileName, contentType, text } = await service.export(experiment.key, 'CSV');
    expect([fileName, contentType]).toEqual(['digits-1-vs-3-2026-11-23.csv', 'text/csv; charset=utf-8']);
    const [header, ...lines] = text.trimEnd().split('\r\n');
    const rows = lines.map((line) => Object.fromEntries((header ?? '').split(',').map((name, at) => [name, line.split(',')[at]])));
    expect(rows).toHaveLength(shown.metrics.length * 2);
    expect(rows.map(({ metric, variant }) => [metric, variant])).toEqual(
      shown.metrics.flatMap(({ metric, variants }) => variants.map(({ variant }) => [metric, variant])),
    );
    const treatment = shown.metrics[0]?.variants[1];
    expect(rows[1]).toMatchObject({
      ...{ experiment: 'digits-1-vs-3', as_of: now.toISOString(), segment: '', decision: 'SHIP', role: 'PRIMARY', is_control: 'false' },
      ...{ version: '3', weight: '0.5', units: '450', significant: 'true' },
    });
    const numbers = {
      mean: treatment?.mean,
      standard_error: treatment?.standardError,
      absolute_lift: treatment?.absoluteLift?.estimate,
      absolute_lift_lower: treatment?.absoluteLift?.lower,
      relative_lift_upper: treatment?.relativeLift?.upper,
      p_value: treatment?.pValue,
      expected_loss: treatment?.expectedLoss,
    };
    expect(Object.fromEntries(Object.keys(numbers).map((name) => [name, Number(rows[1]?.[name])]))).toEqual(numbers);
    expect(rows[0]).toMatchObject({ variant: 'control', absolute_lift: '', p_value: '', is_control: 'true' });
  });

  it('explains itself: after the numbers what was decided, why, how they were adjusted and what guardrails and pairs say', async () => {
    const { experiment, shown } = await setUp();
    const [given] = shown.metrics;
    if (!given) throw new Error('There must be a metric.');
    const cuped = { covariate: 'PRE_EXPOSURE', varianceRemoved: 0.25, applied: true, reason: null } as const;
    const primary = { ...given, cuped, variants: given.variants.map((one) => ({ ...one, adjustedMean: one.isControl ? 0.5 : 0.75 })) };
    const other = { ...given, metric: 'error_rate', role: 'GUARDRAIL' as const };
    const excessHarm = { estimate: -0.5, lower: -0.75, upper: 0.25, level: 0.95 };
    const results: ExperimentResults = {
      ...shown,
      decision: { action: 'SHIP', variant: 'cnn', reason: 'It is "better", surely.' },
      metrics: [primary, other],
      guardrails: [
        { metric: 'error_rate', variant: 'cnn', maxRelativeHarm: 0.1, action: 'STOP', state: 'HOLDING', excessHarm, pValue: 0.5 },
      ],
      shadows: [
        {
          variant: 'cnn',
          pairs: 900,
          unitsOfSplit: null,
          varianceRatio: 0.125,
          coverage: 1,
          correctness: null,
          agreement: null,
          confidenceShift: null,
          serviceMs: null,
        },
      ],
    };
    const [header, ...rows] = exportResults({ experiment, results, history: [] }, 'CSV').text.trimEnd().split('\r\n');
    const added =
      ',significant,kind,status,decision_variant,decision_reason,adjusted_mean,variance_removed,covariate,guardrail_state,guardrail_max_relative_harm,' +
      'excess_harm,excess_harm_lower,excess_harm_upper,excess_harm_level,pairs,variance_ratio';
    expect(header?.endsWith(added)).toBe(true);
    const decided = 'AB,RUNNING,cnn,"It is ""better"", surely."';
    expect(rows.map((row) => row.slice(row.indexOf(decided)))).toEqual([
      `${decided},0.5,0.25,PRE_EXPOSURE,,,,,,,,`,
      `${decided},0.75,0.25,PRE_EXPOSURE,,,,,,,900,0.125`,
      `${decided},,,,,,,,,,,`,
      `${decided},,,,HOLDING,0.1,-0.5,-0.75,0.25,0.95,900,`,
    ]);
  });

  it('writes the plan, the whole results and the history as JSON', async () => {
    const { service, experiment, shown } = await setUp();
    const { fileName, contentType, text } = await service.export(experiment.key, 'JSON');
    expect([fileName, contentType]).toEqual(['digits-1-vs-3-2026-11-23.json', 'application/json; charset=utf-8']);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ experiment, results: shown, history: [anExperimentEvent()] })));
  });

  it('writes one segment, in a name that every file system takes', async () => {
    const { service, experiment } = await setUp();
    const { fileName, text } = await service.export(experiment.key, 'CSV', 'country=(none)');
    expect(fileName).toBe('digits-1-vs-3-country_none_-2026-11-23.csv');
    expect(text.split('\r\n')[1]).toMatch(/^digits-1-vs-3,\S+,country=\(none\),ANYTIME,KEEP_RUNNING,/);
    await expect(service.export(experiment.key, 'CSV', 'country=XX')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

import fc from 'fast-check';
import { experimentResults } from '../../../src/experiments/experiment-results';
import { builtInMetrics } from '../../../src/experiments/metric';
import type { ExperimentSums } from '../../../src/experiments/result-sums';
import { alwaysValidSampleRatio } from '../../../src/statistics/always-valid-sample-ratio';
import { anExperiment } from '../../contract/an-experiment';
import { accuracySums, anArm, experimentSums } from './unit-sums';

const hourMs = 3_600_000;
const experiment = anExperiment({ status: 'RUNNING' });
const startedAtMs = experiment.status === 'RUNNING' ? experiment.startedAt.getTime() : 0;

function split(control: number, treatment: number): ExperimentSums {
  return experimentSums(
    anArm('control', control, { accuracy: accuracySums(control, Math.floor(0.9 * control)) }),
    anArm('cnn', treatment, { accuracy: accuracySums(treatment, Math.floor(0.9 * treatment)) }),
  );
}

interface Situation {
  readonly status?: 'RUNNING' | 'PAUSED' | 'STOPPED';
  readonly now?: Date;
  readonly ingestLagMs?: number;
  readonly isSegment?: boolean;
  readonly primaryMetric?: string;
}

function resultsOf(sums: ExperimentSums, { status = 'RUNNING', now = new Date(startedAtMs), ingestLagMs = 0, ...more }: Situation = {}) {
  const given = { ...anExperiment({ status }), primaryMetric: more.primaryMetric ?? 'accuracy' };
  const family = more.isSegment ? { segment: 'country=DE', size: 1 } : null;
  return experimentResults({ experiment: given, metrics: builtInMetrics, sums, now, ingestLagMs, family });
}

const healthOf = (sums: ExperimentSums, situation?: Situation) => resultsOf(sums, situation).health;

describe('the split', () => {
  it('has a p-value for every look beside that of one look, from the first unit on', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.nat(3000), (a, b) => {
        const { anytimePValue, pValue } = healthOf(split(a, b)).sampleRatioMismatch;
        if (a + b === 0) expect(anytimePValue).toBeNull();
        else expect(anytimePValue).toBe(alwaysValidSampleRatio({ observed: [a, b], weights: [0.5, 0.5] }).pValueOfLook);
        // Whoever may look always pays for it; far out chi-square is no p-value any more.
        if (pValue !== null && pValue > 1e-6 && anytimePValue !== null) expect(anytimePValue).toBeGreaterThanOrEqual(pValue);
      }),
    );
  });

  it('is broken by chi-square at 0.001, and the verdict says whether the test for every look agrees', () => {
    const early = resultsOf(split(560, 440));
    expect(early.health).toMatchObject({ status: 'BROKEN', problems: [expect.stringMatching(/not split as planned/)] });
    expect(early.decision.action).toBe('DO_NOT_TRUST');
    expect(early.decision.reason).toMatch(/A test that holds at every look is not sure yet \(p = 0\.\d+\)\./);
    const plain = resultsOf(split(700, 300)).decision;
    expect(plain.reason).toMatch(/A test that holds at every look agrees \(p = \S+\)\./);
  });
});

describe('labels', () => {
  const unequal = (): ExperimentSums => {
    const { variants, ...rest } = split(1000, 1000);
    return { ...rest, variants: variants.map((arm, index) => ({ ...arm, labelledPredictions: index === 0 ? 900 : 700 })) };
  };

  it('that come more often for one variant are a warning, and one of the verdict when it needs them', () => {
    const { health, decision } = resultsOf(unequal());
    expect(health).toMatchObject({ status: 'WARNING', labelCoverageTest: { imbalanced: true } });
    expect(health.problems[0]).toMatch(/control 90%, cnn 70% of the predictions/);
    expect(decision.reason).toMatch(/ Warning: Labels do not come equally often/);
    // Scores of a prediction need its label, too.
    for (const primaryMetric of ['log_loss', 'brier_score'])
      expect(resultsOf(unequal(), { primaryMetric }).decision.reason).toMatch(/ Warning: Labels do not come equally often/);
    const other = resultsOf(unequal(), { primaryMetric: 'latency_ms' });
    expect([other.health.status, other.decision.reason]).toEqual(['WARNING', expect.not.stringMatching(/Warning/)]);
  });
});

describe('silence', () => {
  /** 2,000 predictions in the first 100 hours: one in three minutes. */
  const lastSeen = { exposureAt: new Date(startedAtMs + 100 * hourMs), labelAt: null, outcomeAt: null };
  const sums = { ...split(1000, 1000), lastSeen };
  const hoursLater = (hours: number) => new Date(lastSeen.exposureAt.getTime() + hours * hourMs);

  it('is told from an hour and twenty times the usual pause on', () => {
    expect(healthOf(sums, { now: hoursLater(1) })).toMatchObject({ status: 'HEALTHY', problems: [] });
    expect(healthOf(sums, { now: hoursLater(1.01) })).toMatchObject({
      status: 'WARNING',
      problems: [expect.stringMatching(/No unit has been served for 1 h,/)],
      lastExposureAt: lastSeen.exposureAt,
    });
    expect(healthOf(sums, { now: hoursLater(100) }).problems[0]).toMatch(/for 4 days,/);
    const rare = { ...split(50, 50), lastSeen };
    expect(healthOf(rare, { now: hoursLater(19.9) }).status).toBe('HEALTHY');
    expect(healthOf(rare, { now: hoursLater(20.1) }).status).toBe('WARNING');
  });

  it('is meant where the experiment does not run, and told with all units, not with a segment', () => {
    for (const status of ['PAUSED', 'STOPPED'] as const) expect(healthOf(sums, { status, now: hoursLater(500) }).status).toBe('HEALTHY');
    expect(healthOf(sums, { now: hoursLater(500), isSegment: true }).status).toBe('HEALTHY');
    expect(healthOf(split(0, 0), { now: hoursLater(500) })).toMatchObject({ status: 'HEALTHY', lastExposureAt: null });
  });
});

it.each<[string, Partial<ExperimentSums>, Situation, RegExp]>([
  ['units that change their variant', { multipleExposures: 20 }, {}, /20 of 2000 units were seen in more than one variant/],
  ['labels without predictions', { unmatched: 25 }, {}, /25 labels and outcomes name predictions that never came/],
  ['numbers that are late', {}, { ingestLagMs: 90_000 }, /90 s behind/],
])('warns of %s', (_, more, situation, sentence) => {
  expect(healthOf({ ...split(1000, 1000), ...more }, situation)).toMatchObject({
    status: 'WARNING',
    problems: [expect.stringMatching(sentence)],
  });
});

it('does not mind a few units that change, a few labels that are lost, and a moment of lag', () => {
  const sums = { ...split(1000, 1000), multipleExposures: 19, unmatched: 19 };
  expect(healthOf(sums, { ingestLagMs: 59_000 })).toMatchObject({ status: 'HEALTHY', problems: [] });
});

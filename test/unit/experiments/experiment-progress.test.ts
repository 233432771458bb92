import fc from 'fast-check';
import { type AnalysisPlan, type Experiment, noCuped, type Variant } from '../../../src/experiments/experiment';
import { type ExperimentProgress, experimentProgress } from '../../../src/experiments/experiment-progress';
import { builtInMetrics, type Metric } from '../../../src/experiments/metric';
import { planSampleSize } from '../../../src/experiments/plan-sample-size';
import { anExperiment } from '../../contract/an-experiment';
import { accuracySums, anArm } from './unit-sums';

const dayMs = 86_400_000;
const alwaysValid: AnalysisPlan = {
  ...{ method: 'ALWAYS_VALID', alpha: 0.05, minimumDetectableEffect: 0.02, nonInferiorityMargin: null },
  ...noCuped,
};
const accuracy = builtInMetrics.find(({ key }) => key === 'accuracy') as Metric;

interface Situation {
  readonly analysis?: AnalysisPlan;
  readonly status?: 'DRAFT' | 'RUNNING' | 'PAUSED' | 'STOPPED';
  readonly days?: number;
  readonly kind?: Experiment['kind'];
  readonly metric?: Metric | undefined;
}

/** Arms of `units` units, one labelled prediction each, `share` of them right. */
function progress(units: readonly number[], share: number, situation: Situation = {}): ExperimentProgress {
  const { analysis = alwaysValid, status = 'RUNNING', days = 10, kind = 'AB' } = situation;
  const variants = units.map((_, index): Variant => {
    const key = index === 0 ? 'control' : `t${index}`;
    return { key, name: key, version: '1', weight: 1 / units.length, isControl: index === 0 };
  });
  const experiment = { ...anExperiment({ status }), variants, analysis, kind } as Experiment;
  const startedAt = experiment.status === 'DRAFT' ? experiment.createdAt : experiment.startedAt;
  const arms = variants.map((variant, index) => {
    const count = units[index] as number;
    return { variant, sums: anArm(variant.key, count, { accuracy: accuracySums(count, Math.round(share * count)) }) };
  });
  const metric = 'metric' in situation ? situation.metric : accuracy;
  return experimentProgress({ experiment, metric, arms, alpha: analysis.alpha, now: new Date(startedAt.getTime() + days * dayMs) });
}

const methods: readonly AnalysisPlan[] = [alwaysValid, { ...alwaysValid, method: 'BAYESIAN' }];
const arm = fc.integer({ min: 100, max: 200_000 });
const aShare = fc.double({ min: 0.1, max: 0.95, noNaN: true });
const anEffect = fc.double({ min: 0.005, max: 0.5, noNaN: true });

describe('experimentProgress', () => {
  it.each(methods.map((analysis) => [analysis.method, analysis] as const))(
    'has the target power for the change that it calls detectable: %s',
    (_, analysis) => {
      fc.assert(
        fc.property(arm, arm, aShare, (control, treatment, share) => {
          const { detectableRelativeEffect } = progress([control, treatment], share, { analysis });
          if (detectableRelativeEffect === null) return;
          const aimed = { ...analysis, minimumDetectableEffect: detectableRelativeEffect };
          expect(progress([control, treatment], share, { analysis: aimed }).power).toBeCloseTo(0.8, 5);
        }),
      );
    },
  );

  it('needs what the planner said, once the experiment has shown what the planner assumed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 3000 }), anEffect, fc.integer({ min: 2, max: 4 }), (units, effect, variants) => {
        const analysis = { ...alwaysValid, minimumDetectableEffect: effect };
        const share = Math.round(0.6 * units) / units;
        const { unitsNeeded } = progress(Array(variants).fill(units), share, { analysis });
        // Of a sample the variance has the divisor n - 1.
        const standardDeviation = Math.sqrt((share * (1 - share) * units) / (units - 1));
        const plan = planSampleSize({
          ...{ baselineMean: share, standardDeviation, minimumDetectableEffect: effect },
          ...{ alpha: 0.05, power: 0.8, variants, unitsPerDay: null },
        });
        const planned = Math.max(0, (plan.units ?? 0) - variants * units);
        expect(Math.abs((unitsNeeded ?? Number.NaN) - planned)).toBeLessThanOrEqual(variants);
      }),
    );
  });

  it('has power 0.8 after the units that it says are needed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 2000 }), aShare, anEffect, (units, share, effect) => {
        const analysis = { ...alwaysValid, minimumDetectableEffect: effect };
        const rounded = Math.round(share * units) / units;
        const { unitsNeeded, power } = progress([units, units], rounded, { analysis });
        if (unitsNeeded === null || unitsNeeded === 0) {
          expect(unitsNeeded === null || (power ?? 0) >= 0.8).toBe(true);
          return;
        }
        expect(power).toBeLessThan(0.8);
        // Whole multiples keep the observed share.
        const times = Math.ceil(1 + unitsNeeded / (2 * units));
        const later = progress([times * units, times * units], rounded, { analysis });
        expect(later.power).toBeGreaterThan(0.8 - 0.001);
      }),
    );
  });

  it('does not depend on the lift', () => {
    const metric = accuracy;
    const experiment = { ...anExperiment({ status: 'RUNNING' }), analysis: alwaysValid };
    const [control, treatment] = experiment.variants as [Variant, Variant];
    const with_ = (right: number) =>
      experimentProgress({
        ...{ experiment, metric, alpha: 0.05, now: new Date('2026-03-12T00:00:00Z') },
        arms: [
          { variant: control, sums: anArm('control', 1000, { accuracy: accuracySums(1000, 500) }) },
          { variant: treatment, sums: anArm('cnn', 1000, { accuracy: accuracySums(1000, right) }) },
        ],
      });
    // 400 and 600 of 1,000 have the same spread.
    expect(with_(400)).toEqual(with_(600));
  });

  it('tells the time by the units that came', () => {
    const { unitsPerDay, daysLeft, unitsNeeded, estimatedEndAt, reason } = progress([1000, 1000], 0.9, { days: 10 });
    expect(unitsPerDay).toBeCloseTo(200, 9);
    expect(daysLeft).toBeCloseTo((unitsNeeded as number) / 200, 9);
    const startedAt = new Date('2026-03-02T00:00:00.001Z');
    expect(estimatedEndAt?.getTime()).toBeCloseTo(startedAt.getTime() + (10 + (daysLeft as number)) * dayMs, -1);
    expect(reason).toMatch(
      /^With the units of now a change of 2% is found with probability \S+%\. \d+ more units are needed, of which 200 come in a day\.$/,
    );
  });

  it('goes to the planned look of a fixed horizon', () => {
    const analysis: AnalysisPlan = { ...alwaysValid, method: 'FIXED_HORIZON', plannedUnitsPerVariant: 1500 };
    const early = progress([1000, 600], 0.9, { analysis });
    // The smaller arm grows 2.5 times, and the other with it.
    expect(early).toMatchObject({ unitsNeeded: 2400, reason: expect.stringMatching(/^At the planned look/) });
    const { power } = progress([2000, 2000], 0.9, { analysis });
    expect(progress([1500, 1500], 0.9, { analysis })).toMatchObject({
      unitsNeeded: 0,
      daysLeft: 0,
      power: expect.closeTo(power as number, 3),
    });
  });

  it.each<[string, ExperimentProgress, RegExp]>([
    ['a draft', progress([0, 0], 0.5, { status: 'DRAFT' }), /^The experiment has not started\.$/],
    ['a metric that is gone', progress([100, 100], 0.5, { metric: undefined }), /"accuracy" is not defined any more/],
    ['few units', progress([29, 100], 0.5), /^Each variant needs at least 30 units with a label before it can be said/],
    ['a control of 0', progress([100, 100], 0), /of the control is 0/],
    ['nothing that varies', progress([100, 100], 1), /does not vary between units yet/],
  ])('says why it cannot be said: %s', (_, state, sentence) => {
    expect(state).toMatchObject({
      power: null,
      unitsNeeded: null,
      daysLeft: null,
      estimatedEndAt: null,
      reason: expect.stringMatching(sentence),
    });
  });

  it('says what it would find now when the plan has no target', () => {
    const aimless = progress([1000, 1000], 0.9, { analysis: { ...alwaysValid, minimumDetectableEffect: null } });
    expect(aimless).toMatchObject({ targetRelativeEffect: null, power: null, unitsNeeded: null, daysLeft: null });
    expect(aimless.detectableRelativeEffect).toBeGreaterThan(0.02);
    expect(aimless.reason).toMatch(/is found with probability 80%\. The plan names no smallest change/);
  });

  it.each<[string, Situation, RegExp]>([
    ['a rollout', { kind: 'ROLLOUT' }, /A rollout goes by its steps/],
    ['one that is over', { status: 'STOPPED' }, /The experiment is over\./],
    ['its first hour', { days: 0.99 / 24 }, /How many units come in a day is known after an hour/],
    ['a pace that never gets there', { days: 10_000_000 }, /more units than will ever come/],
  ])('has no date for %s', (_, situation, sentence) => {
    const state = progress([1000, 1000], 0.9, situation);
    expect(state).toMatchObject({ daysLeft: null, estimatedEndAt: null, reason: expect.stringMatching(sentence) });
    expect(state.unitsNeeded).toBeGreaterThan(0);
  });

  it.each<[string, number, number, RegExp]>([
    ['less than a hundredth', 100, 0.001, /a change of 0\.1% is found with probability less than 1%\./],
    ['more than all but a hundredth', 3000, 0.5, /a change of 50% is found with probability more than 99%\./],
    ['what lies between', 1000, 0.05, /a change of 5% is found with probability \d\d(\.\d)?%\./],
  ])('says %s without digits that nobody goes by', (_, units, minimumDetectableEffect, sentence) => {
    expect(progress([units, units], 0.9, { analysis: { ...alwaysValid, minimumDetectableEffect } }).reason).toMatch(sentence);
  });

  it('takes any target that a plan may have', () => {
    const analysis = { ...alwaysValid, minimumDetectableEffect: Number.MAX_VALUE };
    expect(progress([1000, 1000], 0.9, { analysis })).toMatchObject({ power: expect.any(Number), targetRelativeEffect: Number.MAX_VALUE });
  });

  it('counts the days of a paused one from when it goes on', () => {
    const paused = progress([1000, 1000], 0.9, { status: 'PAUSED', days: 100 });
    // It ran for a day.
    expect(paused.unitsPerDay).toBeCloseTo(2000, 0);
    expect(paused).toMatchObject({ daysLeft: expect.any(Number), estimatedEndAt: null, reason: expect.stringMatching(/is paused/) });
  });
});

import type { Experiment } from '../../../src/experiments/experiment';
import { experimentResults } from '../../../src/experiments/experiment-results';
import { foldLift, type LiftLook, noLiftEvidence } from '../../../src/experiments/lift-evidence';
import { builtInMetrics } from '../../../src/experiments/metric';
import { anExperiment } from '../../contract/an-experiment';
import { accuracySums, anArm, experimentSums } from './unit-sums';

type Count = readonly [units: number, right: number];

const now = new Date('2026-03-02T09:30:00Z');
const arm = (variant: string, [units, right]: Count) =>
  anArm(variant, units, { accuracy: accuracySums(units, right), confidence: accuracySums(units, right) });

/** One stored look that left this interval. */
function stored(metric: string, lower: number, upper: number, more: Partial<LiftLook> = {}, variant = 'cnn') {
  const look = { number: 3, atMs: Date.parse('2026-03-02T08:00:00Z'), unitsInSmallestArm: 100, pValue: 0.5 };
  return { metric, variant, evidence: foldLift(noLiftEvidence, { ...look, absoluteLift: { lower, upper }, relativeLift: null, ...more }) };
}

function judge(counts: readonly [Count, Count], evidence: ReturnType<typeof stored>[], more: Partial<Experiment> = {}) {
  const experiment = { ...anExperiment({ status: 'RUNNING', secondaryMetrics: ['confidence'], guardrails: [] }), ...more } as Experiment;
  const sums = experimentSums(...counts.map((count, index) => arm(experiment.variants[index]?.key ?? '', count)));
  const results = experimentResults({ experiment, metrics: builtInMetrics, sums, now, ingestLagMs: 0, evidence });
  return { ...results, lift: results.metrics[0]?.variants[1], confidence: results.metrics[1]?.variants[1] };
}

const level: readonly [Count, Count] = [
  [450, 405],
  [450, 407],
];
const better: readonly [Count, Count] = [
  [450, 405],
  [450, 444],
];

describe('results with stored looks', () => {
  it('show what the stored looks and the present one leave together, beside the estimate of now', () => {
    const [alone, lift] = [judge(level, []).lift, judge(level, [stored('accuracy', -1, 0.01)]).lift];
    expect(lift?.absoluteLift).toEqual({ ...alone?.absoluteLift, upper: 0.01 });
    expect(lift?.pValue).toBe(0.5);
    expect(lift?.contradictions).toEqual([]);
  });

  it('are those of the present look while none has counted', () => {
    const evidence = { metric: 'accuracy', variant: 'cnn', evidence: noLiftEvidence };
    expect(judge(better, [evidence]).lift).toEqual(judge(better, []).lift);
  });

  it('intersect relative lifts too', () => {
    const lift = judge(level, [stored('accuracy', -1, 1, { relativeLift: { lower: -0.002, upper: Number.POSITIVE_INFINITY } })]).lift;
    expect(lift?.relativeLift).toEqual({ ...judge(level, []).lift?.relativeLift, lower: -0.002 });
  });

  it('do not take back what an earlier look has found, and say no more than the interval shown does', () => {
    const { decision, lift } = judge(level, [stored('accuracy', 0.02, 0.3, { pValue: 0.001 })]);
    expect(lift).toMatchObject({ pValue: 0.001, significant: true, absoluteLift: { lower: 0.02 } });
    expect(lift?.absoluteLift?.estimate).toBeLessThan(0.02);
    expect(decision).toMatchObject({ action: 'SHIP', variant: 'cnn' });
    expect(decision.reason).toMatch(
      /interval 0\.02 to 0\.\d+; the estimate of now lies outside, for earlier looks have left no more; 450 units\)/,
    );
  });

  it('know the better side by the interval where the estimate of now has gone over to the other', () => {
    const worseNow: readonly [Count, Count] = [level[1], level[0]];
    const { decision, lift } = judge(worseNow, [stored('accuracy', 0.01, 0.3, { pValue: 0.001 })]);
    expect(lift?.absoluteLift?.estimate).toBeLessThan(0);
    expect(decision).toMatchObject({ action: 'SHIP', variant: 'cnn' });
  });

  it('correct the least p of each treatment for their number', () => {
    const { variants } = anExperiment();
    const three = [...variants, { key: 'other', name: 'Other', version: '2', weight: 0, isControl: false }];
    const evidence = [stored('accuracy', -1, 1, { pValue: 0.02 }), stored('accuracy', -1, 1, { pValue: 0.04 }, 'other')];
    const { metrics } = judge(level, evidence, { variants: three });
    expect(metrics[0]?.variants[1]).toMatchObject({ pValue: 0.02, adjustedPValue: 0.04 });
  });
});

describe('looks that exclude each other', () => {
  it('give no verdict, with what was excluded when', () => {
    const { decision, lift } = judge(better, [stored('accuracy', -0.3, -0.1)]);
    expect(decision).toMatchObject({ action: 'DO_NOT_TRUST', variant: null });
    expect(decision.reason).toMatch(
      /^Accuracy of cnn contradicts itself: all looks before 2026-03-02 09:30 UTC together leave a lift of -0\.3 to -0\.1, and the look of then 0\.0\d+ to 0\.1\d+\. .* at most 5%.*Find out which/,
    );
    expect(lift).toMatchObject({
      significant: null,
      contradictions: [{ scale: 'ABSOLUTE', at: now, earlier: { lower: -0.3, upper: -0.1 } }],
    });
    expect(lift?.absoluteLift).toEqual(judge(better, []).lift?.absoluteLift);
  });

  it('stay so when it is stored, also when the present look would fit, and after the end', () => {
    const before = stored('accuracy', -0.3, -0.1);
    const evidence = foldLift(before.evidence, {
      ...{ number: 4, atMs: Date.parse('2026-03-02T08:15:00Z'), unitsInSmallestArm: 100, pValue: 0.01 },
      ...{ absoluteLift: { lower: 0.1, upper: 0.2 }, relativeLift: null },
    });
    const { status, ...stopped } = anExperiment({ status: 'STOPPED' });
    for (const more of [{}, { ...stopped, status, secondaryMetrics: ['confidence'], guardrails: [] }]) {
      const { decision } = judge(level, [{ ...before, evidence }], more as Partial<Experiment>);
      expect(decision).toMatchObject({ action: 'DO_NOT_TRUST', reason: expect.stringContaining('all looks before 2026-03-02 08:15 UTC') });
    }
  });

  it('are a warning in a metric that does not decide', () => {
    const { decision, confidence } = judge(better, [stored('confidence', -0.3, -0.1)]);
    expect(decision).toMatchObject({ action: 'SHIP', variant: 'cnn' });
    expect(decision.reason).toMatch(/ Warning: Confidence of cnn contradicts itself: all looks before .* do not build on it\.$/);
    expect(confidence?.significant).toBeNull();
  });

  it('are a warning on the scale of shares, which are then not shown', () => {
    const { decision, lift } = judge(better, [stored('accuracy', -1, 1, { relativeLift: { lower: -0.4, upper: -0.2 } })]);
    expect(decision).toMatchObject({ action: 'SHIP', variant: 'cnn' });
    expect(decision.reason).toMatch(/Warning: Accuracy of cnn as a share of the control contradicts itself: .* lift of -40% to -20%/);
    expect(lift).toMatchObject({ relativeLift: null, significant: true });
  });

  it('name the end that there is where a range has only one', () => {
    for (const [range, words] of [
      [{ lower: 0.4, upper: Number.POSITIVE_INFINITY }, 'a lift of at least 40%'],
      [{ lower: Number.NEGATIVE_INFINITY, upper: -0.4 }, 'a lift of at most -40%'],
    ] as const)
      expect(judge(better, [stored('accuracy', -1, 1, { relativeLift: range })]).decision.reason).toContain(words);
  });

  it('do not keep a guardrail from stopping what harms', () => {
    const guardrails = [{ metric: 'accuracy', maxRelativeHarm: 0.01, action: 'STOP' as const }];
    const worse: readonly [Count, Count] = [better[1], [450, 300]];
    const { decision } = judge(worse, [stored('accuracy', 0.1, 0.3)], { guardrails });
    expect(decision).toMatchObject({ action: 'ROLL_BACK', variant: 'control' });
    expect(decision.reason).toContain('Warning: Accuracy of cnn contradicts itself');
  });
});

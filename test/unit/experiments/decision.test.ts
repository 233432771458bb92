import fc from 'fast-check';
import { type Experiment, noCuped, type Variant } from '../../../src/experiments/experiment';
import { experimentResults } from '../../../src/experiments/experiment-results';
import { builtInMetrics, type Metric } from '../../../src/experiments/metric';
import type { ExperimentSums } from '../../../src/experiments/result-sums';
import { anExperiment } from '../../contract/an-experiment';
import { accuracySums, anArm, experimentSums, sumsOver } from './unit-sums';

type Count = readonly [units: number, right: number];

const accuracy = builtInMetrics.find((metric) => metric.key === 'accuracy') as Metric;
const revenue: Metric = {
  key: 'revenue',
  name: 'Revenue',
  description: '',
  kind: 'mean',
  direction: 'higher',
  quantile: null,
  cap: null,
  conversionWindowMs: null,
  maturityMs: 0,
  isBuiltIn: false,
};

function variantsOf(weights: readonly number[]): Variant[] {
  return weights.map((weight, index) => ({ key: `arm-${index}`, name: `Arm ${index}`, version: '1', weight, isControl: index === 0 }));
}

function judge(sums: ExperimentSums, more: Partial<Experiment> = {}, metric: Metric = accuracy) {
  const weights = sums.variants.map(() => 1 / sums.variants.length);
  const running = anExperiment({ status: 'RUNNING' });
  const experiment = { ...running, variants: variantsOf(weights), primaryMetric: metric.key, secondaryMetrics: [], ...more } as Experiment;
  return experimentResults({ experiment, metrics: [metric], sums, now: new Date(0), ingestLagMs: 0 });
}

const counted = (...arms: readonly Count[]) =>
  experimentSums(...arms.map(([units, right], index) => anArm(`arm-${index}`, units, { accuracy: accuracySums(units, right) })));

const revenues = (...arms: readonly (readonly number[])[]) =>
  experimentSums(
    ...arms.map((values, index) => anArm(`arm-${index}`, values.length, { revenue: sumsOver(values.map((one) => [one, 1])) })),
  );

const repeated = (value: number, times: number) => new Array<number>(times).fill(value);

describe('the reason', () => {
  it('says how many units are missing', () => {
    expect(judge(counted([12, 10], [30, 25])).decision.reason).toBe(
      'Each variant needs at least 30 units with accuracy (arm-0 has 12, 18 missing).',
    );
  });

  it('has the lift, its interval and the units', () => {
    expect(judge(counted([450, 420], [450, 425])).decision.reason).toMatch(
      /^Accuracy of arm-1 is 0\.944, \+0\.0111 against the control \(95% interval -0\.0\d+ to 0\.0\d+; 450 units\)\. There may still be no difference\.$/,
    );
  });

  it('does not call a level of 99.95% certain', () => {
    const analysis = {
      ...noCuped,
      method: 'ALWAYS_VALID',
      alpha: 0.0005,
      minimumDetectableEffect: null,
      nonInferiorityMargin: null,
    } as const;
    expect(judge(counted([450, 420], [450, 425]), { analysis }).decision.reason).toContain('99.95% interval');
  });

  it('names the whole counts of a broken split', () => {
    expect(judge(counted([101_234, 90_000], [98_766, 90_000])).decision).toMatchObject({
      action: 'DO_NOT_TRUST',
      reason: expect.stringContaining('arm-0 101234 instead of 100000, arm-1 98766 instead of 100000'),
    });
  });

  it('does not claim that zero is inside an interval that excludes it, where several arms are compared', () => {
    const close = counted([1000, 900], [1000, 942], [1000, 900], [1000, 900], [1000, 900]);
    const { decision, metrics } = judge(close);
    const leading = metrics[0]?.variants[1];
    expect(leading?.pValue).toBeLessThanOrEqual(0.05);
    expect(leading?.adjustedPValue).toBeGreaterThan(0.05);
    expect(decision).toMatchObject({ action: 'KEEP_RUNNING', reason: expect.stringContaining('corrected p') });
  });

  it('gives the interval that lies inside the smallest effect', () => {
    const analysis = {
      ...noCuped,
      method: 'ALWAYS_VALID',
      alpha: 0.05,
      minimumDetectableEffect: 0.02,
      nonInferiorityMargin: null,
    } as const;
    expect(judge(counted([40_000, 36_000], [40_000, 36_010]), { analysis }).decision).toMatchObject({
      action: 'NO_DIFFERENCE',
      reason: expect.stringMatching(/less than 2% of the control.*\(arm-1 -\d\.\d+% to \d\.\d+%\)\.$/),
    });
  });
});

describe('several treatments', () => {
  it('ship the best of those that are better', () => {
    expect(judge(counted([900, 720], [900, 800], [900, 870])).decision).toMatchObject({ action: 'SHIP', variant: 'arm-2' });
  });

  it('are rolled back only when all of them are worse', () => {
    expect(judge(counted([900, 870], [900, 720], [900, 700])).decision).toMatchObject({
      action: 'ROLL_BACK',
      variant: 'arm-0',
      reason: expect.stringContaining('all are worse'),
    });
    const oneIsOpen = judge(counted([900, 870], [900, 720], [900, 868])).decision;
    expect(oneIsOpen).toMatchObject({ action: 'KEEP_RUNNING', reason: expect.stringContaining('arm-2') });
  });

  it('are corrected for all of them from the first look on, also those without units yet', () => {
    const alone = judge(counted([450, 405], [450, 440])).metrics[0]?.variants[1];
    const weights = variantsOf([0.5, 0.5, 0]);
    const withAnother = judge(counted([450, 405], [450, 440], [0, 0]), { variants: weights }).metrics[0]?.variants;
    expect(withAnother?.[1]?.adjustedPValue).toBeCloseTo(2 * (alone?.pValue ?? 0), 15);
    expect(withAnother?.[2]).toMatchObject({ pValue: null, adjustedPValue: null, significant: null, mean: null, units: 0 });
  });

  it('do not wait for one that has no weight', () => {
    const variants = variantsOf([0.5, 0.5, 0]);
    expect(judge(counted([450, 444], [450, 405], [0, 0]), { variants }).decision.action).toBe('ROLL_BACK');
  });
});

describe('what does not vary', () => {
  it.each([
    ['equal, all right', counted([450, 450], [450, 450]), accuracy],
    ['different, all right and all wrong', counted([450, 450], [450, 0]), accuracy],
    ['different, constants that binary fractions do not hold', revenues(repeated(0.1, 977), repeated(0.3, 977)), revenue],
  ])('gives no verdict: %s', (_, sums, metric) => {
    const { decision, metrics } = judge(sums, {}, metric);
    expect(metrics[0]?.variants[1]).toMatchObject({ absoluteLift: null, pValue: null, significant: null });
    expect(decision).toMatchObject({ action: 'KEEP_RUNNING', reason: expect.stringContaining('does not vary') });
  });

  it('is no obstacle where the other arm does', () => {
    expect(judge(counted([450, 380], [450, 450])).decision).toMatchObject({ action: 'SHIP', variant: 'arm-1' });
  });
});

describe('the split', () => {
  it('is not judged before five units are expected in each arm: the first unit of a small one is no alarm', () => {
    const variants = variantsOf([0.99, 0.01]);
    const early = judge(counted([0, 0], [1, 1]), { variants });
    expect(early.health.sampleRatioMismatch).toMatchObject({ pValue: null, mismatch: false });
    expect(judge(counted([450, 400], [50, 45]), { variants }).decision.action).toBe('DO_NOT_TRUST');
  });

  it('is broken by a single unit in an arm without weight', () => {
    expect(judge(counted([1, 1], [1, 1]), { variants: variantsOf([1, 0]) }).decision.action).toBe('DO_NOT_TRUST');
  });
});

it('shows the mean of a single unit, without a spread', () => {
  expect(judge(counted([1, 1], [1, 0])).metrics[0]?.variants).toMatchObject([
    { units: 1, mean: 1, standardError: null },
    { units: 1, mean: 0, standardError: null },
  ]);
});

describe('laws', () => {
  const count = fc.integer({ min: 0, max: 3000 }).chain((units) => fc.tuple(fc.constant(units), fc.integer({ min: 0, max: units })));

  it('a metric where lower is better turns the verdict around', () => {
    fc.assert(
      fc.property(count, count, (control, treatment) => {
        const sums = counted(control, treatment);
        const mirrored = { SHIP: 'ROLL_BACK', ROLL_BACK: 'SHIP' } as Record<string, string>;
        const { action } = judge(sums).decision;
        expect(judge(sums, {}, { ...accuracy, direction: 'lower' }).decision.action).toBe(mirrored[action] ?? action);
      }),
    );
  });

  it('p is at most alpha exactly when the interval excludes 0, and correction only ever raises it', () => {
    fc.assert(
      fc.property(count, count, count, (...arms) => {
        for (const { absoluteLift, pValue, adjustedPValue } of judge(counted(...arms)).metrics[0]?.variants ?? []) {
          if (!absoluteLift || pValue === null || adjustedPValue === null) continue;
          expect(pValue <= 0.05).toBe(absoluteLift.lower > 0 || absoluteLift.upper < 0);
          expect(adjustedPValue).toBeGreaterThanOrEqual(pValue);
          expect(absoluteLift.estimate).toBeGreaterThanOrEqual(absoluteLift.lower);
          expect(absoluteLift.estimate).toBeLessThanOrEqual(absoluteLift.upper);
        }
      }),
    );
  });

  it('any outcomes have an answer, in finite numbers', () => {
    const value = fc.oneof(fc.double({ noNaN: true, min: -1e100, max: 1e100 }), fc.constantFrom(0, 5e-324, 1e-200, -1e100, 1e100));
    const values = fc.array(value, { minLength: 0, maxLength: 80 });
    fc.assert(
      fc.property(values, values, (control, treatment) => {
        const results = judge(revenues(control, treatment), {}, revenue);
        expect(results.decision.reason).toMatch(/\.$/);
        JSON.stringify(results, (_, one) => {
          if (typeof one === 'number') expect(Number.isFinite(one)).toBe(true);
          return one;
        });
      }),
    );
  });
});

describe('a guardrail', () => {
  const errorRate = builtInMetrics.find((metric) => metric.key === 'error_rate') as Metric;
  /** The second arm is better, and fails more often. */
  const betterButBroken = experimentSums(
    anArm('arm-0', 450, { accuracy: accuracySums(450, 405), error_rate: accuracySums(450, 2) }),
    anArm('arm-1', 450, { accuracy: accuracySums(450, 444), error_rate: accuracySums(450, 100) }),
  );

  function judgeWith(action: 'STOP' | 'WARN') {
    const guardrails = [{ metric: 'error_rate', maxRelativeHarm: 0.5, action }];
    const experiment = {
      ...anExperiment({ status: 'RUNNING' }),
      ...{ variants: variantsOf([0.5, 0.5]), primaryMetric: 'accuracy', secondaryMetrics: [], guardrails },
    };
    return experimentResults({ experiment, metrics: [accuracy, errorRate], sums: betterButBroken, now: new Date(0), ingestLagMs: 0 });
  }

  it('that stops outweighs a better primary metric', () => {
    const { decision, guardrails } = judgeWith('STOP');
    expect(guardrails).toMatchObject([{ metric: 'error_rate', variant: 'arm-1', state: 'CROSSED' }]);
    expect(decision).toMatchObject({ action: 'ROLL_BACK', variant: 'arm-0' });
    expect(decision.reason).toMatch(
      /^Error rate of arm-1 is worse than the control by more than the 50% that are tolerated \(by 0\.2\d+ more, at least 0\.1\d+ at every look\)\./,
    );
  });

  it('that warns is said with the verdict', () => {
    const { decision } = judgeWith('WARN');
    expect(decision).toMatchObject({ action: 'SHIP', variant: 'arm-1' });
    expect(decision.reason).toMatch(/Warning: Error rate of arm-1 is worse/);
  });
});

describe('other methods', () => {
  const terms = { ...noCuped, alpha: 0.05, minimumDetectableEffect: null, nonInferiorityMargin: null };

  it('with one look, decides nothing before it', () => {
    const analysis = { ...terms, method: 'FIXED_HORIZON', plannedUnitsPerVariant: 450 } as const;
    const early = judge(counted([449, 405], [460, 454]), { analysis });
    expect(early.validity).toBe('FIXED_HORIZON');
    expect(early.decision).toMatchObject({
      action: 'KEEP_RUNNING',
      reason: 'The plan looks once, at 450 units a variant with accuracy (arm-0 has 449). Nothing is decided before.',
    });
    expect(early.metrics[0]?.variants[1]?.significant).toBeNull();
    const due = judge(counted([450, 405], [460, 454]), { analysis });
    expect(due.decision).toMatchObject({
      action: 'SHIP',
      variant: 'arm-1',
      reason: expect.stringContaining('at the look that was planned'),
    });
    expect(due.metrics[0]?.variants[1]?.significant).toBe(true);
  });

  it('by belief, says that looking again and again is not paid for', () => {
    const { decision, validity, metrics } = judge(counted([1000, 300], [1000, 350]), { analysis: { ...terms, method: 'BAYESIAN' } });
    expect(validity).toBe('BAYESIAN');
    expect(decision).toMatchObject({ action: 'SHIP', reason: expect.stringContaining('errs more often') });
    expect(metrics[0]?.variants[1]).toMatchObject({ pValue: null, adjustedPValue: null, significant: true });
  });
});

describe('a margin', () => {
  const analysis = { ...noCuped, method: 'ALWAYS_VALID', alpha: 0.05, minimumDetectableEffect: null, nonInferiorityMargin: 0.05 } as const;

  it('lets a treatment ship that is certainly not worse by more', () => {
    const { decision } = judge(counted([4000, 3800], [4000, 3795]), { analysis });
    expect(decision).toMatchObject({ action: 'SHIP', variant: 'arm-1' });
    expect(decision.reason).toContain('It is not worse than the control by 5% or more, which is all that the plan asks for.');
  });

  it('does not help one of which that is not certain, nor one that is certainly worse', () => {
    expect(judge(counted([200, 190], [200, 189]), { analysis }).decision.action).toBe('KEEP_RUNNING');
    expect(judge(counted([40_000, 38_000], [40_000, 37_400]), { analysis }).decision.action).toBe('ROLL_BACK');
  });

  it('is about the better direction', () => {
    const latency = builtInMetrics.find((metric) => metric.key === 'latency_ms') as Metric;
    const arms = (means: readonly number[]) =>
      experimentSums(
        ...means.map((mean, index) =>
          anArm(`arm-${index}`, 2000, { latency_ms: sumsOver(Array.from({ length: 2000 }, (_, unit) => [mean + (unit % 5) / 10, 1])) }),
        ),
      );
    expect(judge(arms([10, 10.01]), { analysis }, latency).decision.action).toBe('SHIP');
    expect(judge(arms([10, 12]), { analysis }, latency).decision.action).toBe('ROLL_BACK');
  });
});

import fc from 'fast-check';
import { decisionErrorBudget } from '../../../src/statistics/decision-error-budget';
import { powerOf } from '../../../src/statistics/power';
import { type ArmEstimate, meanOfSums } from '../../../src/statistics/ratio-of-sums';
import {
  detectableDifference,
  detectableRise,
  type ExpectedVariances,
  optimalWeights,
  type PlannedWeights,
  type TestPlan,
  totalSampleSize,
} from '../../../src/statistics/total-sample-size';
import { welchTest } from '../../../src/statistics/welch-test';
import { relativeError } from './reference-numbers';
import { type SampleSizeRow, spotify } from './spotify-numbers';

type PlanRow = Extract<SampleSizeRow, { metrics: unknown }>;
type Metric = PlanRow['metrics'][number];
type PlannedTest = PlanRow['expected'][number];

const rowsOf = <M extends SampleSizeRow['method']>(...methods: M[]) =>
  spotify.sampleSize
    .filter((row): row is Extract<SampleSizeRow, { method: M }> => (methods as string[]).includes(row.method))
    .map((row) => [row.id, row] as const);

const planOf = (test: PlannedTest): TestPlan => ({
  alpha: test.adjusted_alpha_power_sample_size,
  power: test.adjusted_power,
  isTwoSided: test.preference_used_in_test === 'two-sided',
});
const isGuardrail = ({ nim }: Metric) => nim !== null;
/** With a margin the treatment is taken to be as good as the control, and the margin is what the test has to see. */
const effectOf = ({ avg, mde, nim }: Metric) => (avg as number) * (nim ?? mde ?? Number.NaN);

function variancesOf(metric: Metric): ExpectedVariances {
  const control = metric.var as number;
  const share = (metric.avg as number) + effectOf(metric);
  return { control, treatment: metric.binary && !isGuardrail(metric) ? share * (1 - share) : control };
}

function weightsOf([control, ...treatments]: readonly number[]): PlannedWeights[] {
  const all = treatments.reduce((sum, weight) => sum + weight, control as number);
  return treatments.map((treatment) => ({ control: control as number, treatment, all }));
}

/** Theirs divides by a rounded share before it rounds up, which now and then makes it one unit too large. */
function expectUnits(actual: number, expected: number | string | null | undefined): void {
  if (actual === Number(expected)) return;
  expect(actual).toBe(Number(expected) - 1);
}

const largest = (weights: readonly PlannedWeights[], value: (weight: PlannedWeights) => number) => Math.max(...weights.map(value));

describe("sample sizes as Spotify's Confidence", () => {
  it.each(rowsOf('sample_size'))('%s: units that are needed, and the width of the interval', (_, row) => {
    const weights = weightsOf(row.treatment_weights);
    row.metrics.forEach((metric, i) => {
      const expected = row.expected[i] as PlannedTest;
      if (metric.avg === null) {
        expect(expected.required_sample_size_for_metric).toBeNull();
        return;
      }
      const [plan, variances] = [planOf(expected), variancesOf(metric)];
      const units = largest(weights, (weight) => totalSampleSize(plan, effectOf(metric), variances, weight));
      expectUnits(units, expected.required_sample_size_for_metric);
      if (typeof expected.ci_width !== 'number') return;
      const width = largest(weights, ({ control, treatment, all }) => {
        const unitsOf = (weight: number) => Math.floor((weight / all) * (metric.expected_sample_size as number));
        const standardError = Math.sqrt(variances.control / unitsOf(control) + variances.treatment / unitsOf(treatment));
        const { lower, upper } = welchTest({ lift: { estimate: 0, standardError }, degreesOfFreedom: Infinity, alpha: plan.alpha });
        return upper - lower;
      });
      expect(relativeError(width, expected.ci_width)).toBeLessThan(1e-12);
    });
  });

  it.each(rowsOf('powered_effect'))('%s: the smallest effect that is seen', (_, row) => {
    const units = Number(row.sample_size);
    const weights = weightsOf(row.treatment_weights);
    row.metrics.forEach((metric, i) => {
      const expected = row.expected[i] as PlannedTest;
      const isRise = metric.binary && !isGuardrail(metric);
      const effect = largest(weights, (weight) =>
        isRise
          ? (detectableRise(planOf(expected), units, metric.avg as number, weight) ?? Number.NaN)
          : detectableDifference(planOf(expected), units, metric.var as number, weight),
      );
      // Theirs says nothing of infinitely many units, and searches for a rise until its units, the arms whole, are right to one.
      const rounding = (1 + Math.max(...weights.map(({ all, treatment }) => all / treatment))) / (2 * units);
      if (typeof expected.powered_effect !== 'number') expect(units).toBe(Infinity);
      else expect(relativeError(effect, expected.powered_effect)).toBeLessThan(isRise ? rounding : 1e-12);
    });
  });

  it.each(rowsOf('optimal_weights_and_sample_size'))('%s: units at the weights that it calls optimal', (id, row) => {
    const before = spotify.sampleSize[spotify.sampleSize.findIndex((other) => other.id === id) - 1] as PlanRow;
    const weights = weightsOf(row.expected.optimal_weights);
    const sizes = before.metrics.map((metric, i) =>
      largest(weights, (weight) =>
        totalSampleSize(planOf(before.expected[i] as PlannedTest), effectOf(metric), variancesOf(metric), weight),
      ),
    );
    expectUnits(Math.max(...sizes), row.expected.optimal_sample_size);
  });

  it.each(rowsOf('SampleSize.continuous', 'SampleSize.binomial'))('%s: the older calculator', (_, { args, expected }) => {
    const effect = args.average_absolute_mde ?? args.absolute_percentage_mde ?? Number.NaN;
    const share = args.baseline_proportion ?? Number.NaN;
    const variance = args.baseline_variance ?? share * (1 - share);
    const plan = { alpha: args.alpha, power: args.power, isTwoSided: true };
    const weights = weightsOf(expected.allocations);
    // Theirs rounds the total up but not the treatment: it is the first with which the effect is seen, and ours has at most a unit more an arm.
    const seen = (units: number) => largest(weights, (weight) => detectableDifference(plan, units, variance, weight));
    expect(seen(expected.total)).toBeLessThanOrEqual(effect);
    expect(seen(expected.total - 1)).toBeGreaterThan(effect);
    const units = largest(weights, (weight) => totalSampleSize(plan, effect, { control: variance, treatment: variance }, weight));
    expect(units - expected.total).toBeGreaterThanOrEqual(0);
    expect(units - expected.total).toBeLessThan(Math.max(...weights.map(({ all, treatment }) => all / treatment)));
    expect(expected.allocations.map((allocation) => Math.ceil(allocation * expected.total))).toEqual(expected.per_group);
  });

  it.each(rowsOf('sample_size', 'powered_effect'))('%s: error rates of the single tests', (_, row) => {
    const arms = row.treatment_weights.length - 1;
    const guardrailTests = row.metrics.filter(isGuardrail).length;
    const successes = row.metrics.length - guardrailTests;
    const segments = new Set(row.metrics.map((metric) => (metric as { country?: string }).country)).size;
    const budget = decisionErrorBudget({
      alpha: 1 - row.interval_size,
      power: row.power,
      successTests: successes * arms,
      guardrailTests: guardrailTests / segments,
    });
    row.metrics.forEach((metric, i) => {
      const expected = row.expected[i] as PlannedTest;
      const isShared = row.correction_method === 'spot-1-bonferroni';
      const alpha = isShared ? budget.alpha : (1 - row.interval_size) / (row.metrics.length * arms);
      // One side of a two-sided test with twice the alpha is the one-sided test.
      const sides = isShared && metric.preference !== null ? 2 : 1;
      expect(relativeError(sides * alpha, expected.adjusted_alpha_power_sample_size)).toBeLessThan(1e-12);
      expect(relativeError(isShared ? budget.power : row.power, expected.adjusted_power)).toBeLessThan(1e-12);
    });
  });
});

describe("power as Spotify's Confidence", () => {
  type Row = (typeof spotify.achievedPower)[number];

  /** Theirs is the variance that both arms are taken to share. */
  function pooledVariance({ method, control, treatment }: Row): number {
    const share = (control.sum + treatment.sum) / (control.n + treatment.n);
    if (method === 'ChiSquared') return share * (1 - share);
    const squares = [control, treatment].map(({ n, sum, sum_squares: sumOfSquares }) => {
      const { standardError } = meanOfSums({ units: n, sum, sumOfSquares }) as ArmEstimate;
      return (n - 1) * n * standardError ** 2;
    });
    return squares.reduce((total, value) => total + value, 0) / (control.n + treatment.n - 2);
  }

  it.each(spotify.achievedPower)('$id of $control.n and $treatment.n units', (row) => {
    const standardError = Math.sqrt(pooledVariance(row) * (1 / row.control.n + 1 / row.treatment.n));
    const sampleSize = row.control.n + row.treatment.n;
    const power = powerOf({ effect: row.mde, standardError, sampleSize, alpha: row.alpha, test: { kind: 'FIXED_HORIZON' } });
    expect(relativeError(power, row.power)).toBeLessThan(1e-11);
  });
});

describe('sample sizes', () => {
  const plan = { alpha: 0.05, power: 0.8, isTwoSided: true };
  const equal = { control: 1, treatment: 1, all: 2 };
  const plans = fc.record({
    alpha: fc.double({ min: 0.001, max: 0.2, noNaN: true }),
    power: fc.double({ min: 0.5, max: 0.99, noNaN: true }),
    isTwoSided: fc.boolean(),
  });
  const weight = fc.integer({ min: 1, max: 9 });

  it('and detectable differences are each other turned round', () => {
    fc.assert(
      fc.property(plans, weight, weight, fc.double({ min: 0.01, max: 1, noNaN: true }), (any, control, treatment, effect) => {
        const weights = { control, treatment, all: control + treatment + 3 };
        const units = totalSampleSize(any, effect, { control: 2, treatment: 2 }, weights);
        expect(detectableDifference(any, units, 2, weights)).toBeLessThanOrEqual(effect * (1 + 1e-12));
        expect(detectableDifference(any, units - weights.all / treatment - 1, 2, weights)).toBeGreaterThan(effect);
      }),
    );
  });

  it('of a rise of a proportion too, where its variance moves with it', () => {
    fc.assert(
      fc.property(plans, weight, weight, fc.double({ min: 0, max: 0.9, noNaN: true }), (any, control, treatment, share) => {
        const weights = { control, treatment, all: control + treatment };
        const rise = detectableRise(any, 5_000, share, weights);
        fc.pre(rise !== null && rise > 0);
        const after = share + (rise as number);
        const units = totalSampleSize(any, rise as number, { control: share * (1 - share), treatment: after * (1 - after) }, weights);
        expect(units).toBeGreaterThanOrEqual(5_000 - 1);
        expect(units).toBeLessThanOrEqual(5_000 + weights.all / treatment + 1);
      }),
    );
    expect(detectableRise(plan, 3, 0.9, equal)).toBeNull();
  });

  it('are least at the optimal weights', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        fc.double({ min: 0.2, max: 4, noNaN: true }),
        (treatments, variance, ratio) => {
          const variances = { control: 1, treatment: variance };
          const best = totalSampleSize(plan, 0.01, variances, optimalWeights(variances, treatments));
          const other = { control: ratio, treatment: 1, all: ratio + treatments };
          // But for what rounding the treatment to whole units adds.
          expect(best).toBeLessThanOrEqual(totalSampleSize(plan, 0.01, variances, other) + 10);
        },
      ),
    );
    expect(optimalWeights({ control: 1, treatment: 1 }, 1)).toEqual({ control: 0.5, treatment: 0.5, all: 1 });
  });

  it('give the power that was asked for', () => {
    const units = totalSampleSize(plan, 0.1, { control: 1, treatment: 1 }, equal);
    expect(units).toBe(3_140);
    const power = powerOf({
      effect: 0.1,
      standardError: Math.sqrt(4 / units),
      sampleSize: units,
      alpha: 0.05,
      test: { kind: 'FIXED_HORIZON' },
    });
    expect(power).toBeCloseTo(0.8, 3);
    expect(power).toBeGreaterThan(0.8);
  });

  it.each([{ alpha: 0 }, { alpha: 1 }, { power: 0 }, { power: 1 }, { power: Number.NaN }])('refuse the plan %j', (change) => {
    expect(() => totalSampleSize({ ...plan, ...change }, 1, { control: 1, treatment: 1 }, equal)).toThrow(RangeError);
  });

  it('refuse bad variances, weights, units and proportions', () => {
    expect(() => totalSampleSize(plan, 1, { control: -1, treatment: 1 }, equal)).toThrow(RangeError);
    expect(() => totalSampleSize(plan, 1, { control: 1, treatment: 1 }, { ...equal, control: 0 })).toThrow(RangeError);
    expect(() => totalSampleSize(plan, Number.NaN, { control: 1, treatment: 1 }, equal)).toThrow(RangeError);
    expect(() => detectableDifference(plan, -1, 1, equal)).toThrow(RangeError);
    expect(() => detectableDifference(plan, 1, -1, equal)).toThrow(RangeError);
    expect(() => detectableRise(plan, 100, 1.5, equal)).toThrow(RangeError);
    expect(() => optimalWeights({ control: 0, treatment: 1 }, 1)).toThrow(RangeError);
    expect(() => optimalWeights({ control: 1, treatment: 1 }, 0)).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { type BinnedSample, binnedQuantile, binnedQuantileArm, unitsOf } from '../../../src/statistics/binned-quantile';
import { binnedQuantileHarm, binnedQuantileTest } from '../../../src/statistics/binned-quantile-test';
import { orderedSample } from '../../../src/statistics/ordered-sample';
import { quantileAbTest } from '../../../src/statistics/quantile-ab-test';
import { quantileBounds, quantileEstimate } from '../../../src/statistics/quantile-estimate';
import { binnedSample } from './binned-sample';

const options = { quantile: 0.7, alpha: 0.05, tuningUnits: 60 };
const positive = fc.double({ min: 0.5, max: 40, noNaN: true });
const signed = fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.constant(0));
const manyOf = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: 20, maxLength: 150 });

function rawQuantile(values: readonly number[], quantile: number): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(quantile * values.length - 1e-9) - 1] as number;
}

describe('binnedQuantile', () => {
  it('is within half a percent of the quantile of the values', () => {
    fc.assert(
      fc.property(manyOf(positive), fc.constantFrom(0.25, 0.5, 0.75), (values, quantile) => {
        const found = binnedQuantile(binnedSample(values), quantile);
        const truth = rawQuantile(values, quantile);
        expect(Math.abs((found?.estimate as number) / truth - 1)).toBeLessThanOrEqual(0.0051);
        expect((found?.lower as number) <= truth && truth <= (found?.upper as number)).toBe(true);
      }),
    );
  });

  it('has a standard error that is not below that of the values', () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 100, maxLength: 200 }), (values) => {
        const bounds = quantileBounds(0.5, values.length);
        const [value, lowerValue, upperValue] = [0.5, bounds.lower, bounds.upper].map((share) => rawQuantile(values, share));
        const raw = quantileEstimate({
          ...{ quantile: 0.5, units: values.length },
          ...{ value: value as number, lowerValue: lowerValue as number, upperValue: upperValue as number },
        });
        expect(binnedQuantileArm(binnedSample(values), 0.5)?.standardError).toBeGreaterThanOrEqual((raw?.standardError ?? 0) * (1 - 1e-9));
      }),
    );
  });

  it('says nothing without units, or with too few for that quantile', () => {
    expect(binnedQuantile({ bins: [], units: [] }, 0.5)).toBeNull();
    expect(binnedQuantileArm({ bins: [], units: [] }, 0.5)).toBeNull();
    expect(binnedQuantileArm(binnedSample(Array.from({ length: 72 }, (_, i) => i + 1)), 0.95)).toBeNull();
    expect(binnedQuantileArm(binnedSample(Array.from({ length: 73 }, (_, i) => i + 1)), 0.95)).not.toBeNull();
    expect(() => binnedQuantile({ bins: [1], units: [1] }, 1)).toThrow(RangeError);
    expect(unitsOf({ bins: [1, 2], units: [3, 4] })).toBe(7);
  });
});

describe('binnedQuantileTest', () => {
  it.each([
    ['above 0', positive],
    ['of either sign', signed],
  ])('never says more than the values do, which are %s', (_, value) => {
    fc.assert(
      fc.property(manyOf(value), manyOf(value), (control, treatment) => {
        const raw = quantileAbTest(orderedSample(control), orderedSample(treatment), options);
        const { pValue, lower, upper } = binnedQuantileTest(binnedSample(control), binnedSample(treatment), options);
        expect(pValue).toBeGreaterThanOrEqual(raw.pValue * (1 - 1e-9));
        expect(lower).toBeLessThanOrEqual(raw.lower);
        expect(upper).toBeGreaterThanOrEqual(raw.upper);
        // By no more than a bin of each arm on either side, of at most 1% of the largest value.
        if (Number.isFinite(raw.lower)) expect(lower).toBeGreaterThan(raw.lower - 0.85);
        if (Number.isFinite(raw.upper)) expect(upper).toBeLessThan(raw.upper + 0.85);
        expect(lower > 0 || upper < 0).toBe(pValue < options.alpha);
      }),
    );
  });

  it('has the interval of logarithms for shares', () => {
    fc.assert(
      fc.property(manyOf(positive), manyOf(positive), (control, treatment) => {
        const logs = (values: readonly number[]) => orderedSample(values.map(Math.log));
        const raw = quantileAbTest(logs(control), logs(treatment), options);
        const relative = binnedQuantileTest(binnedSample(control), binnedSample(treatment), options).relative;
        if (relative === null) return expect(raw.lower === Number.NEGATIVE_INFINITY || raw.upper === Number.POSITIVE_INFINITY).toBe(true);
        expect(relative.lower).toBeLessThanOrEqual(Math.exp(raw.lower) - 1 + 1e-9);
        expect(relative.upper).toBeGreaterThanOrEqual(Math.exp(raw.upper) - 1 - 1e-9);
        if (Number.isFinite(raw.lower)) expect(relative.lower).toBeGreaterThan(Math.exp(raw.lower) * 0.98 - 1);
      }),
    );
  });

  it('has no share of what may be 0 or below', () => {
    const values = Array.from({ length: 200 }, (_, i) => i / 10 - 14);
    expect(binnedQuantileTest(binnedSample(values), binnedSample(values.map((value) => value + 30)), options).relative).toBeNull();
    expect(binnedQuantileTest(binnedSample(values.map((value) => value + 30)), binnedSample(values), options).relative).toBeNull();
  });

  it('refuses an arm without units', () => {
    expect(() => binnedQuantileTest({ bins: [], units: [] }, binnedSample([1]), options)).toThrow(RangeError);
  });
});

describe('binnedQuantileHarm', () => {
  const harm = fc.constantFrom(0, 0.1, 0.5);

  it.each(['higher', 'lower'] as const)('never says more than the scaled values do, where %s is worse', (worse) => {
    const sign = worse === 'higher' ? 1 : -1;
    fc.assert(
      fc.property(fc.oneof(manyOf(positive), manyOf(signed)), manyOf(positive), harm, (control, treatment, maxRelativeHarm) => {
        const scaled = control.map((value) => value + sign * maxRelativeHarm * Math.abs(value));
        const raw = quantileAbTest(orderedSample(scaled), orderedSample(treatment), options);
        const [low, high] = sign > 0 ? [raw.lower, raw.upper] : [-raw.upper, -raw.lower];
        const found = binnedQuantileHarm(binnedSample(control), binnedSample(treatment), { ...options, worse, maxRelativeHarm });
        expect(found?.lower).toBeLessThanOrEqual(low);
        expect(found?.upper).toBeGreaterThanOrEqual(high);
        // One question, two answers that agree.
        expect((found?.lower as number) > 0).toBe((found?.pValue as number) < options.alpha);
        if (rawQuantile(treatment, 0.7) * sign <= rawQuantile(scaled, 0.7) * sign * 0.9) expect(found?.lower).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('does not scale by more than 1 what that would turn around', () => {
    const [positives, negatives] = [binnedSample([1, 2, 3]), binnedSample([-1, -2, -3])];
    const ask = (control: BinnedSample, worse: 'higher' | 'lower') =>
      binnedQuantileHarm(control, positives, { ...options, worse, maxRelativeHarm: 2 });
    expect([ask(negatives, 'higher'), ask(positives, 'lower')]).toEqual([null, null]);
    expect(ask(positives, 'higher')).not.toBeNull();
    expect(ask(negatives, 'lower')).not.toBeNull();
  });
});

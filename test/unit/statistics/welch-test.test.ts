import fc from 'fast-check';
import { absoluteLift } from '../../../src/statistics/lift';
import type { ArmEstimate } from '../../../src/statistics/ratio-of-sums';
import { scaledLift } from '../../../src/statistics/scaled-lift';
import { type WelchTestInput, welchDegreesOfFreedom, welchTest } from '../../../src/statistics/welch-test';

const spread = fc.double({ min: 1e-6, max: 1e3, noNaN: true });
const units = fc.integer({ min: 2, max: 1e7 });
const arm = (standardError: number, count: number, mean = 0): ArmEstimate => ({ mean, standardError, units: count });

const anInput = (change: Partial<WelchTestInput> = {}): WelchTestInput => ({
  lift: { estimate: 0.3, standardError: 0.1 },
  degreesOfFreedom: 40,
  alpha: 0.05,
  ...change,
});

describe('welchDegreesOfFreedom', () => {
  it('lie between those of the smaller arm and of both', () => {
    fc.assert(
      fc.property(spread, spread, units, units, (a, b, n, m) => {
        const degrees = welchDegreesOfFreedom(arm(a, n), arm(b, m));
        expect(degrees).toBeGreaterThanOrEqual((Math.min(n, m) - 1) * (1 - 1e-12));
        expect(degrees).toBeLessThanOrEqual((n + m - 2) * (1 + 1e-12));
        expect(welchDegreesOfFreedom(arm(b, m), arm(a, n))).toBeCloseTo(degrees, 3);
      }),
    );
  });

  it('do not depend on the unit of measurement, however small', () => {
    expect(welchDegreesOfFreedom(arm(2e-100, 50), arm(1e-100, 90))).toBeCloseTo(welchDegreesOfFreedom(arm(2, 50), arm(1, 90)), 10);
  });

  it('are those of the arm that varies, or of both when none does', () => {
    expect(welchDegreesOfFreedom(arm(0, 50), arm(1, 90))).toBe(89);
    expect(welchDegreesOfFreedom(arm(0, 50), arm(0, 90))).toBe(138);
  });

  it.each([
    [arm(1, 1), arm(1, 5)],
    [arm(-1, 5), arm(1, 5)],
    [arm(1, 5), arm(Number.NaN, 5)],
  ])('refuse %j and %j', (control, treatment) => {
    expect(() => welchDegreesOfFreedom(control, treatment)).toThrow(RangeError);
  });
});

describe('welchTest', () => {
  const estimate = fc.double({ min: -5, max: 5, noNaN: true });
  const degreesOfFreedom = fc.double({ min: 1, max: 1e6, noNaN: true });
  const alpha = fc.double({ min: 1e-4, max: 0.4, noNaN: true });

  it('excludes the null value exactly when p is below alpha', () => {
    const alternative = fc.constantFrom('TWO_SIDED', 'GREATER', 'LESS');
    fc.assert(
      fc.property(estimate, estimate, degreesOfFreedom, alpha, alternative, (value, nullValue, df, level, side) => {
        const lift = { estimate: value, standardError: 1 };
        const test = welchTest({ lift, degreesOfFreedom: df, alpha: level, alternative: side, nullValue });
        const margin = Math.min(Math.abs(test.lower - nullValue), Math.abs(test.upper - nullValue));
        if (margin > 1e-9) expect(test.lower > nullValue || test.upper < nullValue).toBe(test.pValue < level);
      }),
    );
  });

  it('has one-sided p-values that sum to 1, and twice the smaller one on two sides', () => {
    fc.assert(
      fc.property(estimate, degreesOfFreedom, (value, df) => {
        const p = (alternative: 'TWO_SIDED' | 'GREATER' | 'LESS') =>
          welchTest(anInput({ lift: { estimate: value, standardError: 1 }, degreesOfFreedom: df, alternative })).pValue;
        expect(p('GREATER') + p('LESS')).toBeCloseTo(1, 13);
        expect(p('TWO_SIDED')).toBeCloseTo(2 * Math.min(p('GREATER'), p('LESS')), 13);
      }),
    );
  });

  it('is the z test at infinite degrees of freedom', () => {
    const { lower, upper, pValue } = welchTest(
      anInput({ lift: { estimate: 1.959963984540054, standardError: 1 }, degreesOfFreedom: Infinity }),
    );
    expect(lower).toBeCloseTo(0, 12);
    expect(upper).toBeCloseTo(3.91992796908, 12);
    expect(pValue).toBeCloseTo(0.05, 14);
  });

  it('tests against a margin', () => {
    const against = (nullValue: number) => welchTest(anInput({ alternative: 'GREATER', nullValue })).pValue;
    expect(against(-0.2)).toBeLessThan(against(0));
    expect(welchTest(anInput({ nullValue: 0.3 })).pValue).toBe(1);
  });

  it('without spread is sure, unless the estimate is the null value', () => {
    const lift = { estimate: 0.3, standardError: 0 };
    const test = (change: Partial<WelchTestInput>) => welchTest(anInput({ lift, ...change }));
    expect(test({})).toEqual({ statistic: Infinity, lower: 0.3, upper: 0.3, pValue: 0 });
    expect([test({ alternative: 'GREATER' }).pValue, test({ alternative: 'LESS' }).pValue]).toEqual([0, 1]);
    expect([test({ nullValue: 0.3 }).pValue, test({ nullValue: 0.3, alternative: 'GREATER' }).pValue]).toEqual([1, 1]);
  });

  it.each<Partial<WelchTestInput>>([
    { lift: { estimate: Number.NaN, standardError: 1 } },
    { lift: { estimate: 0, standardError: -1 } },
    { degreesOfFreedom: 0 },
    { alpha: 0 },
    { alpha: 1 },
    { nullValue: Infinity },
  ])('refuses %j', (change) => {
    expect(() => welchTest(anInput(change))).toThrow(RangeError);
  });
});

describe('scaledLift', () => {
  const lift = absoluteLift(arm(0.01, 5_000, 1), arm(0.01, 5_000, 1.02));

  it('is the lift times the units of a day at full traffic, with the same p', () => {
    const scaled = scaledLift(lift, { units: 10_000, trafficShare: 0.5, days: 10 });
    expect(scaled.estimate).toBeCloseTo(40, 10);
    expect(welchTest(anInput({ lift: scaled })).pValue).toBeCloseTo(welchTest(anInput({ lift })).pValue, 14);
  });

  it.each([{ trafficShare: 0 }, { trafficShare: 1.1 }, { units: 0 }, { days: Number.NaN }])('refuses %j', (change) => {
    expect(() => scaledLift(lift, { units: 10, trafficShare: 1, days: 1, ...change })).toThrow(RangeError);
  });
});

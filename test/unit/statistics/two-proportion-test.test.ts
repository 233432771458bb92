import fc from 'fast-check';
import { pearsonHomogeneity } from '../../../src/statistics/chi-square-homogeneity';
import { newcombeInterval } from '../../../src/statistics/newcombe-interval';
import { type TwoProportionTest, twoProportionTest } from '../../../src/statistics/two-proportion-test';
import type { Interval } from '../../../src/statistics/wilson-interval';
import { relativeError } from './reference-numbers';
import { twoSample } from './two-sample-numbers';

const proportions = fc
  .integer({ min: 1, max: 500 })
  .chain((trials) => fc.record({ trials: fc.constant(trials), successes: fc.nat(trials) }));

describe('twoProportionTest', () => {
  it.each(twoSample.twoProportions)('$id', ({ x1, n1, x2, n2, expected }) => {
    const [treatment, control] = [
      { successes: x1, trials: n1 },
      { successes: x2, trials: n2 },
    ];
    const test = twoProportionTest(control, treatment) as TwoProportionTest;
    expect(Math.abs(test.difference - expected.diff)).toBeLessThan(1e-15);
    expect(relativeError(test.statistic, expected.z_pooled ?? 0)).toBeLessThan(1e-12);
    // 4.1e-317 is a number of 23 bits only.
    const tolerance = expected.p_two_sided < 1e-307 ? 1e-6 : 1e-10;
    expect(relativeError(test.pValue, expected.p_two_sided)).toBeLessThan(tolerance);
    if (expected.p_less === undefined || expected.p_greater === undefined) return;
    expect(relativeError(twoProportionTest(control, treatment, 'LESS')?.pValue ?? 2, expected.p_less)).toBeLessThan(tolerance);
    expect(relativeError(twoProportionTest(control, treatment, 'GREATER')?.pValue ?? 2, expected.p_greater)).toBeLessThan(tolerance);
  });

  it('has the square of z for chi-square', () => {
    fc.assert(
      fc.property(proportions, proportions, (control, treatment) => {
        const test = twoProportionTest(control, treatment) as TwoProportionTest;
        const rows = [control, treatment].map(({ successes, trials }) => [successes, trials - successes]) as [number[], number[]];
        const chiSquare = pearsonHomogeneity(...rows);
        expect(test.statistic ** 2).toBeCloseTo(chiSquare.statistic, 8);
        expect(test.pValue).toBeCloseTo(chiSquare.pValue, 9);
      }),
    );
  });

  it('says nothing about an arm without trials', () => {
    expect(twoProportionTest({ successes: 0, trials: 0 }, { successes: 1, trials: 2 })).toBeNull();
    expect(() => twoProportionTest({ successes: 3, trials: 2 }, { successes: 1, trials: 2 })).toThrow(RangeError);
    expect(() => twoProportionTest({ successes: 1, trials: 2 }, { successes: -1, trials: 2 })).toThrow(RangeError);
  });
});

describe('newcombeInterval', () => {
  it.each(twoSample.twoProportions)('$id', ({ x1, n1, x2, n2, expected }) => {
    const interval = newcombeInterval({ successes: x2, trials: n2 }, { successes: x1, trials: n1 }, 0.05) as Interval;
    expect(Math.abs(interval.lower - expected.newcombe_ci95[0])).toBeLessThan(1e-12);
    expect(Math.abs(interval.upper - expected.newcombe_ci95[1])).toBeLessThan(1e-12);
  });

  it('holds the difference, stays in -1..1, and turns its sign with the arms', () => {
    fc.assert(
      fc.property(proportions, proportions, (control, treatment) => {
        const { lower, upper } = newcombeInterval(control, treatment, 0.05) as Interval;
        const difference = treatment.successes / treatment.trials - control.successes / control.trials;
        expect(lower).toBeGreaterThanOrEqual(-1 - 1e-12);
        expect(upper).toBeLessThanOrEqual(1 + 1e-12);
        expect(lower).toBeLessThanOrEqual(difference);
        expect(upper).toBeGreaterThanOrEqual(difference);
        const turned = newcombeInterval(treatment, control, 0.05) as Interval;
        expect(turned.lower).toBeCloseTo(-upper, 12);
        expect(turned.upper).toBeCloseTo(-lower, 12);
      }),
    );
  });

  it('says nothing about an arm without trials', () => {
    expect(newcombeInterval({ successes: 0, trials: 0 }, { successes: 1, trials: 2 }, 0.05)).toBeNull();
    expect(() => newcombeInterval({ successes: 1, trials: 2 }, { successes: 1, trials: 2 }, 1)).toThrow(RangeError);
  });
});

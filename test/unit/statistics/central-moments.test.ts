import fc from 'fast-check';
import {
  type CentralMoments,
  centralMoments,
  excessKurtosis,
  mergeMoments,
  noMoments,
  sampleVariance,
  skewness,
} from '../../../src/statistics/central-moments';
import { welchDegreesOfFreedom, welchTest } from '../../../src/statistics/welch-test';
import { relativeError } from './reference-numbers';
import { twoSample } from './two-sample-numbers';

const merged = (chunks: readonly (readonly number[])[]) => chunks.map(centralMoments).reduce(mergeMoments, noMoments);
const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { maxLength: 30 });

describe('moments', () => {
  describe.each(twoSample.moments)('$id', ({ id, chunks, expected }) => {
    const orders = { 'as they come': merged(chunks), backwards: merged([...chunks].reverse()), 'in one': centralMoments(chunks.flat()) };
    const tolerance = id.startsWith('offset') ? 1e-6 : 1e-9;

    it.each(Object.entries(orders))('merged %s', (_, moments) => {
      const scale = Math.max(Math.abs(expected.min ?? 0), Math.abs(expected.max ?? 0));
      expect(moments.count).toBe(expected.n);
      expect(Math.abs(moments.mean - (expected.mean ?? 0))).toBeLessThanOrEqual(1e-14 * scale);
      expect(relativeError(moments.squares, expected.m2)).toBeLessThan(tolerance);
      // An odd moment that cancels is measured against what it would be with all values on one side.
      const [cube, fourth] = [expected.m2 ** 1.5, expected.m4];
      expect(Math.abs(moments.cubes - expected.m3)).toBeLessThanOrEqual(tolerance * cube);
      expect(Math.abs(moments.fourths - expected.m4)).toBeLessThanOrEqual(tolerance * fourth);
      expect(moments.minimum).toBe(expected.min ?? Infinity);
      expect(moments.maximum).toBe(expected.max ?? -Infinity);
      if (expected.variance_sample === null) expect(sampleVariance(moments)).toBeNull();
      else expect(relativeError(sampleVariance(moments) ?? Number.NaN, expected.variance_sample)).toBeLessThan(tolerance);
      if (expected.skewness_population === undefined) {
        expect(skewness(moments)).toBeNull();
        expect(excessKurtosis(moments)).toBeNull();
        return;
      }
      expect(Math.abs((skewness(moments) ?? Number.NaN) - expected.skewness_population)).toBeLessThan(tolerance);
      expect(Math.abs((excessKurtosis(moments) ?? Number.NaN) - (expected.excess_kurtosis_population ?? 0))).toBeLessThan(tolerance);
    });
  });

  it('merge in any order and any grouping to those of all values', () => {
    const close = (a: CentralMoments, b: CentralMoments) => {
      expect(a.count).toBe(b.count);
      expect(a.mean).toBeCloseTo(b.mean, 9);
      expect(relativeError(a.squares, b.squares)).toBeLessThan(1e-9);
      expect(Math.abs(a.cubes - b.cubes)).toBeLessThanOrEqual(1e-9 * (1 + b.squares ** 1.5));
      expect(relativeError(a.fourths, b.fourths)).toBeLessThan(1e-9);
    };
    fc.assert(
      fc.property(values, values, values, (x, y, z) => {
        const [a, b, c] = [centralMoments(x), centralMoments(y), centralMoments(z)];
        const whole = centralMoments([...x, ...y, ...z]);
        close(mergeMoments(mergeMoments(a, b), c), whole);
        close(mergeMoments(a, mergeMoments(b, c)), whole);
        close(mergeMoments(mergeMoments(c, b), a), whole);
      }),
    );
  });

  it('of equal values have no spread at all', () => {
    for (const value of [3.3, 1e12 + 0.1, -1e-300]) {
      const moments = merged([new Array<number>(5).fill(value), new Array<number>(7).fill(value)]);
      expect(moments).toMatchObject({ count: 12, mean: value, squares: 0, cubes: 0, fourths: 0 });
    }
  });

  it('refuse what is not finite', () => {
    expect(() => centralMoments([1, Number.NaN])).toThrow(RangeError);
    expect(() => centralMoments([Infinity])).toThrow(RangeError);
  });
});

describe("Welch's test from moments", () => {
  it.each(twoSample.welch)('$id', ({ id, moments: given, x, y, expected }) => {
    const fromValues = x !== undefined && y !== undefined;
    const [first, second] = fromValues
      ? [centralMoments(x), centralMoments(y)].map((moments) => ({ ...moments, variance: sampleVariance(moments) as number }))
      : [
          { count: given.n1, mean: given.mean1, variance: given.var1 },
          { count: given.n2, mean: given.mean2, variance: given.var2 },
        ];
    const arms = [first, second].map((arm) => {
      const { count, mean, variance } = arm as { count: number; mean: number; variance: number };
      return { units: count, mean, standardError: Math.sqrt(variance / count) };
    });
    const [a, b] = arms as [(typeof arms)[number], (typeof arms)[number]];
    // The inputs of the offset case carry rounding themselves.
    const tolerance = id === 'big-offset' ? 1e-6 : 1e-10;
    const lift = { estimate: a.mean - b.mean, standardError: Math.hypot(a.standardError, b.standardError) };
    expect(relativeError(lift.estimate, expected.diff)).toBeLessThan(tolerance);
    expect(relativeError(lift.standardError, expected.se)).toBeLessThan(tolerance);
    const degreesOfFreedom = welchDegreesOfFreedom(b, a);
    expect(relativeError(degreesOfFreedom, expected.df)).toBeLessThan(tolerance);
    const test = welchTest({ lift, degreesOfFreedom, alpha: 0.05 });
    expect(relativeError(test.statistic, expected.t)).toBeLessThan(tolerance);
    expect(relativeError(test.pValue, expected.p_two_sided)).toBeLessThan(Math.max(tolerance, 1e-9));
    expect(relativeError(test.lower, expected.ci95[0])).toBeLessThan(tolerance);
    expect(relativeError(test.upper, expected.ci95[1])).toBeLessThan(tolerance);
    const tail = (alternative: 'LESS' | 'GREATER') => welchTest({ lift, degreesOfFreedom, alpha: 0.05, alternative }).pValue;
    expect(relativeError(tail('LESS'), expected.p_less)).toBeLessThan(Math.max(tolerance, 1e-9));
    expect(relativeError(tail('GREATER'), expected.p_greater)).toBeLessThan(Math.max(tolerance, 1e-9));
  });
});

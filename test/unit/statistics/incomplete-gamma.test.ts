import fc from 'fast-check';
import { regularisedGammaP, regularisedGammaQ } from '../../../src/statistics/incomplete-gamma';
import { relativeError, specialValues } from './reference-numbers';

describe('the regularised incomplete gamma function', () => {
  it.each(specialValues('chi2_sf'))('upper tail: %s', (_, [x = Number.NaN, df = Number.NaN], value) => {
    expect(relativeError(regularisedGammaQ(df / 2, x / 2), value)).toBeLessThan(1e-11);
  });

  it.each(specialValues('chi2_cdf'))('lower tail: %s', (_, [x = Number.NaN, df = Number.NaN], value) => {
    expect(relativeError(regularisedGammaP(df / 2, x / 2), value)).toBeLessThan(1e-11);
  });

  it('has two tails that sum to 1, of which the lower rises', () => {
    const positive = fc.double({ min: 0.05, max: 2_000, noNaN: true });
    fc.assert(
      fc.property(positive, positive, (a, x) => {
        expect(regularisedGammaP(a, x) + regularisedGammaQ(a, x)).toBeCloseTo(1, 12);
        expect(regularisedGammaP(a, x * 1.001)).toBeGreaterThanOrEqual(regularisedGammaP(a, x) - 1e-12);
      }),
    );
  });

  it('is exp(-x) in the upper tail for a = 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 700, noNaN: true }), (x) => {
        expect(relativeError(regularisedGammaQ(1, x), Math.exp(-x))).toBeLessThan(1e-12);
      }),
    );
  });

  it('is 0 and 1 at the ends', () => {
    expect([regularisedGammaP(3, 0), regularisedGammaQ(3, 0)]).toEqual([0, 1]);
    expect([regularisedGammaP(3, Infinity), regularisedGammaQ(3, Infinity)]).toEqual([1, 0]);
  });

  it.each([
    [0, 1],
    [1, -1],
    [Number.NaN, 1],
  ])('refuses a = %s, x = %s', (a, x) => {
    expect(() => regularisedGammaP(a, x)).toThrow(RangeError);
    expect(() => regularisedGammaQ(a, x)).toThrow(RangeError);
  });
});

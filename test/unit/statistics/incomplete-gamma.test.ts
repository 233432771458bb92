import fc from 'fast-check';
import { gammaPower } from '../../../src/statistics/gamma-power';
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

  it('obeys P(a, x) = P(a + 1, x) + x^a exp(-x) / Gamma(a + 1) (DLMF 8.8.5), also where the method changes', () => {
    const around = fc.oneof(
      fc.double({ min: 1e-5, max: 1.5, noNaN: true }),
      fc.double({ min: 298, max: 301, noNaN: true }),
      fc.double({ min: 0, max: 15, noNaN: true }).map((power) => 10 ** power),
    );
    fc.assert(
      fc.property(around, fc.double({ min: -5, max: 5, noNaN: true }), (a, deviations) => {
        const x = a + deviations * Math.sqrt(a);
        fc.pre(x > 0);
        const step = gammaPower(a, x);
        expect(relativeError(regularisedGammaP(a, x), regularisedGammaP(a + 1, x) + step)).toBeLessThan(1e-12);
        expect(relativeError(regularisedGammaQ(a + 1, x), regularisedGammaQ(a, x) + step)).toBeLessThan(1e-12);
      }),
    );
  });

  it('is 1/2 + 1 / (3 sqrt(2 pi a)) at x = a (DLMF 8.11.12), also for a = 1e15', () => {
    const a = 1e15;
    expect(regularisedGammaP(a, a) - 0.5).toBeCloseTo(1 / (3 * Math.sqrt(2 * Math.PI * a)), 15);
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

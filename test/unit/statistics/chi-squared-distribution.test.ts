import fc from 'fast-check';
import { chiSquaredCdf, chiSquaredSurvival, chiSquaredUpperQuantile } from '../../../src/statistics/chi-squared-distribution';
import { relativeError, specialValues } from './reference-numbers';

describe('the chi-squared distribution', () => {
  it.each(specialValues('chi2_sf'))('%s', (_, [x = Number.NaN, df = Number.NaN], value) => {
    expect(relativeError(chiSquaredSurvival(x, df), value)).toBeLessThan(1e-11);
  });

  it.each(specialValues('chi2_isf'))('%s', (_, [p = Number.NaN, df = Number.NaN], value) => {
    expect(relativeError(chiSquaredUpperQuantile(p, df), value)).toBeLessThan(1e-11);
  });

  it.each(specialValues('chi2_cdf'))('%s', (_, [x = Number.NaN, df = Number.NaN], value) => {
    expect(relativeError(chiSquaredCdf(x, df), value)).toBeLessThan(1e-12);
  });

  it('has an upper quantile that inverts the upper tail', () => {
    const tail = fc.double({ min: 1e-12, max: 1 - 1e-9, noNaN: true });
    fc.assert(
      fc.property(tail, fc.integer({ min: 1, max: 2_000 }), (p, df) => {
        expect(relativeError(chiSquaredSurvival(chiSquaredUpperQuantile(p, df), df), p)).toBeLessThan(1e-10);
      }),
    );
  });

  it.each([
    [0, 1],
    [1, 1],
    [0.5, 0],
    [Number.NaN, 1],
  ])('refuses the upper quantile at %s with %s degrees of freedom', (p, df) => {
    expect(() => chiSquaredUpperQuantile(p, df)).toThrow(RangeError);
  });
});

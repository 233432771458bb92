import fc from 'fast-check';
import { normalCdf, normalDensity, normalQuantile, normalSurvival } from '../../../src/statistics/normal-distribution';
import { relativeError, specialValues } from './reference-numbers';

/** Below the normal numbers a binary64 has fewer digits: at 38 sigma about eight are left. */
const tolerance = (value: number) => Math.max(1e-12, (4 * Number.MIN_VALUE) / value);

describe('the normal distribution', () => {
  it.each(specialValues('norm_sf'))('%s, and its mirror image', (_, [z = Number.NaN], value) => {
    expect(relativeError(normalSurvival(z), value)).toBeLessThan(tolerance(value));
    expect(relativeError(normalCdf(-z), value)).toBeLessThan(tolerance(value));
  });

  it.each(specialValues('norm_isf'))('%s, from the quantile', (_, [p = Number.NaN], value) => {
    expect(relativeError(-normalQuantile(p), value)).toBeLessThan(1e-12);
  });

  it('has a quantile that inverts the distribution function', () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 8, noNaN: true }), (z) => {
        expect(relativeError(normalCdf(normalQuantile(normalCdf(z))), normalCdf(z))).toBeLessThan(1e-11);
      }),
    );
  });

  it('has a density that is the slope of the distribution function', () => {
    expect((normalCdf(1.0001) - normalCdf(0.9999)) / 0.0002).toBeCloseTo(normalDensity(1), 8);
  });

  it('has the quantiles -Infinity, 0 and Infinity at 0, 0.5 and 1', () => {
    expect([0, 0.5, 1].map(normalQuantile)).toEqual([-Infinity, 0, Infinity]);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses the probability %s', (p) => {
    expect(() => normalQuantile(p)).toThrow(RangeError);
  });
});

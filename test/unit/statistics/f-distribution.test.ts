import fc from 'fast-check';
import { betaCdf } from '../../../src/statistics/beta-distribution';
import { chiSquaredSurvival } from '../../../src/statistics/chi-squared-distribution';
import { fCdf, fQuantile, fSurvival, fUpperQuantile } from '../../../src/statistics/f-distribution';
import { studentTSurvival } from '../../../src/statistics/student-t-distribution';
import { relativeError } from './reference-numbers';

const degreesOfFreedom = fc.double({ min: -1, max: 6, noNaN: true }).map((power) => 10 ** power);
const ratio = fc.double({ min: -6, max: 6, noNaN: true }).map((power) => 10 ** power);

describe('the F distribution', () => {
  it('has tails that sum to 1 and change places with 1 / f', () => {
    fc.assert(
      fc.property(ratio, degreesOfFreedom, degreesOfFreedom, (f, d1, d2) => {
        expect(fCdf(f, d1, d2) + fSurvival(f, d1, d2)).toBeCloseTo(1, 13);
        expect(fCdf(1 / f, d2, d1)).toBeCloseTo(fSurvival(f, d1, d2), 11);
      }),
    );
  });

  it('is the square of Student’s t with one degree of freedom above', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 30, noNaN: true }), degreesOfFreedom, (t, df) => {
        expect(relativeError(fSurvival(t * t, 1, df), 2 * studentTSurvival(t, df))).toBeLessThan(1e-12);
      }),
    );
  });

  it('is the beta distribution of d1 f / (d1 f + d2)', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        (f, a, b) => {
          expect(relativeError(fCdf(f, 2 * a, 2 * b), betaCdf((a * f) / (a * f + b), a, b))).toBeLessThan(1e-12);
        },
      ),
    );
  });

  it('tends to the chi-squared distribution over d1', () => {
    expect(relativeError(fSurvival(4, 3, 1e12), chiSquaredSurvival(12, 3))).toBeLessThan(1e-9);
  });

  it('has quantiles that invert both tails', () => {
    const probability = fc.double({ min: 1e-12, max: 1 - 1e-6, noNaN: true });
    fc.assert(
      fc.property(probability, degreesOfFreedom, degreesOfFreedom, (p, d1, d2) => {
        const [low, high] = [fQuantile(p, d1, d2), fUpperQuantile(p, d1, d2)];
        fc.pre(low > 1e-280 && high < 1e280);
        expect(relativeError(fCdf(low, d1, d2), p)).toBeLessThan(1e-11);
        expect(relativeError(fSurvival(high, d1, d2), p)).toBeLessThan(1e-11);
      }),
    );
  });

  it('is 0 and 1 at the ends', () => {
    expect([fCdf(0, 3, 4), fSurvival(0, 3, 4), fCdf(Infinity, 3, 4), fSurvival(Infinity, 3, 4)]).toEqual([0, 1, 1, 0]);
    expect([fQuantile(0, 3, 4), fQuantile(1, 3, 4), fUpperQuantile(0, 3, 4), fUpperQuantile(1, 3, 4)]).toEqual([0, Infinity, Infinity, 0]);
  });

  it.each([-1, Number.NaN])('refuses f = %s', (f) => {
    expect(() => fCdf(f, 1, 1)).toThrow(RangeError);
    expect(() => fSurvival(f, 1, 1)).toThrow(/^The F distribution needs an argument of at least 0, not .*\.$/);
  });

  it.each([
    [0.5, 0, 1],
    [0.5, 1, -1],
    [0.5, Infinity, 1],
    [2, 1, 1],
  ])('refuses the quantile at %s with %s and %s degrees of freedom', (p, d1, d2) => {
    expect(() => fQuantile(p, d1, d2)).toThrow(RangeError);
    expect(() => fUpperQuantile(p, d1, d2)).toThrow(RangeError);
  });
});

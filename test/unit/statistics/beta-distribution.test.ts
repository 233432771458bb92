import fc from 'fast-check';
import { betaCdf, betaOddsQuantile, betaQuantile, betaSurvival, betaUpperQuantile } from '../../../src/statistics/beta-distribution';
import { betaExcess, betaPower } from '../../../src/statistics/beta-power';
import { regularisedBeta } from '../../../src/statistics/incomplete-beta';
import { relativeError } from './reference-numbers';

const parameter = fc.double({ min: -2, max: 8, noNaN: true }).map((power) => 10 ** power);
const probability = fc.oneof(
  fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }),
  fc.double({ min: -290, max: -1, noNaN: true }).map((power) => 10 ** power),
);

describe('the beta distribution', () => {
  it('has a quantile of the odds that inverts the distribution function', () => {
    fc.assert(
      fc.property(probability, parameter, parameter, (p, a, b) => {
        const odds = betaOddsQuantile(p, a, b);
        fc.pre(odds > 1e-300 && odds < 1e300);
        const [x, y] = [odds / (1 + odds), 1 / (1 + odds)];
        // What one unit in the last place of the odds does to p is more than rounding for a narrow distribution.
        const slope = betaPower(x, y, a, b, betaExcess(x, y, a, b)) / p;
        expect(relativeError(regularisedBeta(x, a, b, y), p)).toBeLessThan(2e-12 + 1e-15 * slope);
      }),
    );
  });

  it('has the same quantile by the upper tail', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), parameter, parameter, (p, a, b) => {
        fc.pre(betaQuantile(p, a, b) > 1e-280);
        const odds = betaOddsQuantile(p, a, b);
        expect(relativeError(1 / betaOddsQuantile(1 - p, b, a), odds)).toBeLessThan(1e-10);
        expect(betaUpperQuantile(1 - p, a, b)).toBeCloseTo(betaQuantile(p, a, b), 12);
      }),
    );
  });

  it('has an upper quantile for tails that 1 - p would lose', () => {
    const x = betaUpperQuantile(1e-100, 3, 400);
    expect(relativeError(betaSurvival(x, 3, 400), 1e-100)).toBeLessThan(1e-12);
  });

  it('is the arcsine law for a = b = 1/2, whose quantile is sin^2(pi p / 2)', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1, noNaN: true }), (p) => {
        expect(relativeError(betaQuantile(p, 0.5, 0.5), Math.sin((Math.PI * p) / 2) ** 2)).toBeLessThan(1e-12);
      }),
    );
  });

  it('has the quantiles 0 and 1 at the ends, and where they are too near to the ends for a number', () => {
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3), betaUpperQuantile(0, 2, 3), betaUpperQuantile(1, 2, 3)]).toEqual([0, 1, 1, 0]);
    expect([betaQuantile(1e-10, 1e-3, 1), betaQuantile(0.999, 1, 1e-3)]).toEqual([0, 1]);
  });

  it('is the uniform distribution for a = b = 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1, noNaN: true }), (x) => {
        expect(relativeError(betaCdf(x, 1, 1), x)).toBeLessThan(1e-14);
        expect(relativeError(betaQuantile(x, 1, 1), x)).toBeLessThan(1e-14);
      }),
    );
  });

  it.each([
    [-0.1, 1, 1],
    [1.1, 1, 1],
    [Number.NaN, 1, 1],
    [0.5, 0, 1],
    [0.5, 1, Infinity],
  ])('refuses p = %s, a = %s, b = %s', (p, a, b) => {
    expect(() => betaQuantile(p, a, b)).toThrow(RangeError);
    expect(() => betaUpperQuantile(p, a, b)).toThrow(RangeError);
    expect(() => betaCdf(p, a, b)).toThrow(/^The incomplete beta function needs .*\.$/);
    expect(() => betaSurvival(p, a, b)).toThrow(RangeError);
  });
});

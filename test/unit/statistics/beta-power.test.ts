import fc from 'fast-check';
import { betaDeviance, betaExcess, betaPower } from '../../../src/statistics/beta-power';
import { lgamma } from '../../../src/statistics/special-functions';
import { relativeError } from './reference-numbers';

describe('the power x^a y^b / B(a, b)', () => {
  it('is what its parts make it where those are small', () => {
    const parameter = fc.double({ min: 0.01, max: 20, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), parameter, parameter, (x, a, b) => {
        const logarithm = a * Math.log(x) + b * Math.log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b);
        const power = betaPower(x, 1 - x, a, b, betaExcess(x, 1 - x, a, b));
        expect(relativeError(power, Math.exp(logarithm))).toBeLessThan(2e-12);
      }),
    );
  });

  it('has its peak at the mean, where the deviance is 0', () => {
    expect(betaExcess(0.25, 0.75, 1, 3)).toBe(0);
    expect(betaDeviance(0.25, 0.75, 1, 3, 0)).toBe(0);
  });

  it('has an excess that keeps the digits which rounded products would lose', () => {
    // 0.1 is 0.1000000000000000055511151231257827 in binary64, so that 1e7 - 1e8 times it is -5.551e-10 exactly.
    expect(betaExcess(0.1, 0.9, 1e7, 9e7)).toBeCloseTo(-5.551115123125783e-10, 24);
    // 0.9 is 0.9000000000000000222, and its distance from 1 is 0.09999999999999997780.
    expect(betaExcess(0.9, 1 - 0.9, 9e7, 1e7)).toBeCloseTo(-2.220446049250313e-9, 23);
  });

  it('is finite for parameters whose halves overflow', () => {
    expect(betaExcess(0.5, 0.5, 1e305, 1e305)).toBe(0);
  });
});

import fc from 'fast-check';
import { deviance, log1pRemainder } from '../../../src/statistics/log1p-remainder';
import { relativeError } from './reference-numbers';

describe('u - ln(1 + u)', () => {
  it('is u^2/2 - u^3/3 + u^4/4 near 0', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e-5, max: 1e-5, noNaN: true }), (u) => {
        fc.pre(Math.abs(u) > 1e-100);
        expect(relativeError(log1pRemainder(u), u * u * (1 / 2 - u / 3 + (u * u) / 4))).toBeLessThan(2e-15);
      }),
    );
  });

  it('joins at the limits of its series', () => {
    for (const u of [-0.5, 0.5]) expect(relativeError(log1pRemainder(u), u - Math.log1p(u))).toBeLessThan(3e-15);
  });

  it('is 0 at 0, Infinity at -1 and NaN below', () => {
    expect([log1pRemainder(0), log1pRemainder(-1), log1pRemainder(-1.1)]).toEqual([0, Infinity, Number.NaN]);
  });
});

describe('the deviance', () => {
  it('is never negative, and 0 at the peak only', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e9, noNaN: true }), fc.double({ min: 1e-9, max: 100, noNaN: true }), (a, ratio) => {
        const shift = a * (ratio - 1);
        if (shift === 0) expect(deviance(a, shift, ratio)).toBe(0);
        else expect(deviance(a, shift, ratio)).toBeGreaterThan(0);
      }),
    );
  });

  it('takes the ratio where that is all that is left of it', () => {
    expect(deviance(2, -2, 1e-200)).toBeCloseTo(2 * (200 * Math.LN10 - 1), 9);
  });
});

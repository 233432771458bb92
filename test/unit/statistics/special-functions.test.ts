import fc from 'fast-check';
import { erf, erfc, lgamma } from '../../../src/statistics/special-functions';
import { relativeError, specialValues } from './reference-numbers';

describe('erfc', () => {
  it.each(specialValues('erfc'))('%s', (_, [x = Number.NaN], value) => {
    expect(relativeError(erfc(x), value)).toBeLessThan(1e-12);
  });

  it('has the limits 2, 1 and 0, and passes NaN on', () => {
    expect([erfc(-30), erfc(0), erfc(30), erfc(Number.NaN)]).toEqual([2, 1, 0, Number.NaN]);
  });

  it('is erfc(-x) = 2 - erfc(x), and falls', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 26, noNaN: true }), fc.double({ min: 1e-6, max: 1, noNaN: true }), (x, step) => {
        expect(erfc(-x)).toBeCloseTo(2 - erfc(x), 14);
        expect(erfc(x + step)).toBeLessThan(erfc(x));
      }),
    );
  });
});

describe('erf', () => {
  it('is odd, and 1 - erfc(x) where that has digits', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 26, noNaN: true }), (x) => {
        expect(erf(-x)).toBe(-erf(x));
        expect(erf(x)).toBeCloseTo(1 - erfc(x), 15);
      }),
    );
  });

  it('has the limits -1, 0 and 1, and passes NaN on', () => {
    expect([erf(-30), erf(0), erf(30), erf(Number.NaN)]).toEqual([-1, 0, 1, Number.NaN]);
  });
});

describe('lgamma', () => {
  it.each(specialValues('lgamma'))('%s', (_, [x = Number.NaN], value) => {
    expect(Math.abs(lgamma(x) - value)).toBeLessThan(1e-14 * (1 + Math.abs(value)));
  });

  it('obeys Gamma(x + 1) = x Gamma(x)', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (x) => {
        expect(relativeError(lgamma(x + 1) - lgamma(x), Math.log(x))).toBeLessThan(1e-9 * Math.max(1, x / 100, 1 / Math.abs(Math.log(x))));
      }),
    );
  });

  it.each([0, -1, Number.NaN])('refuses %s', (x) => {
    expect(() => lgamma(x)).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { betaExcess, betaPower } from '../../../src/statistics/beta-power';
import { regularisedBeta, regularisedBetaComplement } from '../../../src/statistics/incomplete-beta';
import { relativeError } from './reference-numbers';

const share = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });
/** 1e-4 to 1e8, as many small ones as large ones. */
const parameter = fc.double({ min: -4, max: 8, noNaN: true }).map((power) => 10 ** power);

describe('the regularised incomplete beta function', () => {
  it('is I_x(a, b) = 1 - I_(1-x)(b, a), each tail computed by itself', () => {
    fc.assert(
      fc.property(share, parameter, parameter, (x, a, b) => {
        const y = 1 - x;
        expect(relativeError(regularisedBetaComplement(x, a, b, y), regularisedBeta(y, b, a, x))).toBeLessThan(1e-13);
        expect(relativeError(regularisedBeta(x, a, b, y), regularisedBetaComplement(y, b, a, x))).toBeLessThan(1e-13);
      }),
    );
  });

  it('has two tails that sum to 1 and lie in 0..1', () => {
    fc.assert(
      fc.property(share, parameter, parameter, (x, a, b) => {
        const lower = regularisedBeta(x, a, b);
        const upper = regularisedBetaComplement(x, a, b);
        expect(Math.abs(lower + upper - 1)).toBeLessThan(1e-14);
        expect(Math.min(lower, upper)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('rises with x', () => {
    fc.assert(
      fc.property(share, share, parameter, parameter, (first, second, a, b) => {
        const [x, larger] = [Math.min(first, second), Math.max(first, second)];
        expect(regularisedBeta(x, a, b)).toBeLessThanOrEqual(regularisedBeta(larger, a, b) * (1 + 1e-12));
      }),
    );
  });

  it('obeys I_x(a, b) = I_x(a + 1, b) + x^a y^b / (a B(a, b)) (DLMF 8.17.20), also where the method changes', () => {
    const near = fc.double({ min: -3, max: 3, noNaN: true });
    const around = fc.oneof(fc.double({ min: 0.1, max: 1.5, noNaN: true }), fc.double({ min: 298, max: 301, noNaN: true }), parameter);
    fc.assert(
      fc.property(near, around, around, (deviations, a, b) => {
        const mean = a / (a + b);
        const x = mean + deviations * Math.sqrt((mean * (1 - mean)) / (a + b + 1));
        fc.pre(x > 0 && x < 1);
        const step = betaPower(x, 1 - x, a, b, betaExcess(x, 1 - x, a, b)) / a;
        const sum = regularisedBeta(x, a + 1, b) + step;
        expect(relativeError(regularisedBeta(x, a, b), sum)).toBeLessThan(1e-12);
      }),
    );
  });

  it('is x^a for b = 1, and its complement y^b for a = 1', () => {
    fc.assert(
      fc.property(share, fc.double({ min: 1e-3, max: 1_000, noNaN: true }), (x, power) => {
        fc.pre(x ** power > 1e-290);
        expect(relativeError(regularisedBeta(x, power, 1), x ** power)).toBeLessThan(1e-12);
        expect(relativeError(regularisedBetaComplement(1 - x, 1, power, x), x ** power)).toBeLessThan(1e-12);
      }),
    );
  });

  it.each([0.5, 1, 299, 301, 1e7, 1e12, 1e15])('is one half in the middle for a = b = %s', (a) => {
    expect(regularisedBeta(0.5, a, a)).toBeCloseTo(0.5, 13);
  });

  it('takes y where 1 - x has lost its digits', () => {
    expect(relativeError(regularisedBetaComplement(1, 3, 1, 1e-30), 3e-30)).toBeLessThan(1e-13);
  });

  it('is 0 and 1 at the ends, and 0 where the value is too small for a number', () => {
    expect([regularisedBeta(0, 2, 3), regularisedBeta(1, 2, 3)]).toEqual([0, 1]);
    expect([regularisedBetaComplement(0, 2, 3), regularisedBetaComplement(1, 2, 3)]).toEqual([1, 0]);
    expect([regularisedBeta(0.1, 1e6, 1e6), regularisedBetaComplement(0.1, 1e6, 1e6)]).toEqual([0, 1]);
  });

  it.each([
    [0.5, 0, 1],
    [0.5, 1, -1],
    [0.5, 1, Infinity],
    [0.5, Number.NaN, 1],
    [-0.1, 1, 1],
    [1.1, 1, 1],
    [Number.NaN, 1, 1],
  ])('refuses x = %s, a = %s, b = %s', (x, a, b) => {
    expect(() => regularisedBeta(x, a, b)).toThrow(RangeError);
    expect(() => regularisedBetaComplement(x, a, b)).toThrow(/^The incomplete beta function needs .*\.$/);
  });
});

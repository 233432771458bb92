import fc from 'fast-check';
import { monotoneRoot } from '../../../src/statistics/monotone-root';

describe('monotoneRoot', () => {
  it('finds the roots of powers in a few evaluations', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.integer({ min: 1, max: 9 }), (root, power) => {
        let evaluations = 0;
        const found = monotoneRoot(
          (x) => {
            evaluations++;
            return x ** power - root ** power;
          },
          0,
          200,
        );
        expect(Math.abs(found / root - 1)).toBeLessThan(1e-14);
        expect(evaluations).toBeLessThan(80);
      }),
    );
  });

  it('copes with ends that are infinitely far from 0, and with a jump', () => {
    expect(monotoneRoot((x) => Math.log(x / (1 - x)), 0, 1)).toBeCloseTo(0.5, 14);
    expect(monotoneRoot((x) => (x < 0.3 ? -1 : 1), 0, 1)).toBeCloseTo(0.3, 14);
    expect(monotoneRoot((x) => (x === 0 ? 0 : 1), 0, 1)).toBe(0);
  });

  it('is content with what the tolerance asks', () => {
    let evaluations = 0;
    const rising = (x: number) => {
      evaluations++;
      return Math.expm1(x - 1);
    };
    expect(monotoneRoot(rising, 0, 30, 1e-3)).toBeCloseTo(1, 2);
    expect(evaluations).toBeLessThan(20);
  });

  it('refuses a function without a change of sign', () => {
    expect(() => monotoneRoot((x) => x, 1, 2)).toThrow(RangeError);
    expect(() => monotoneRoot(() => Number.NaN, 1, 2)).toThrow(RangeError);
  });
});

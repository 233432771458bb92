import fc from 'fast-check';
import { convexMinimum } from '../../../src/statistics/convex-minimum';

describe('convexMinimum', () => {
  it('finds the vertex of parabolas and of steeper functions', () => {
    fc.assert(
      fc.property(fc.double({ min: -4, max: 9, noNaN: true }), fc.integer({ min: 1, max: 3 }), (vertex, half) => {
        const { at, value } = convexMinimum((x) => (x - vertex) ** (2 * half) + 3, -5, 10);
        expect(value).toBeCloseTo(3, 8);
        if (half === 1) expect(at).toBeCloseTo(vertex, 6);
      }),
    );
  });

  it('comes to an end where that is the minimum, and never asks for the ends themselves', () => {
    const falling = convexMinimum((x) => (x === 0 || x === 1 ? Number.NaN : -Math.log(x)), 0, 1);
    expect(falling.at).toBeGreaterThan(1 - 1e-6);
    expect(convexMinimum(Math.abs, -1, 3).at).toBeCloseTo(0, 6);
  });

  it('refuses an empty range', () => {
    expect(() => convexMinimum((x) => x, 1, 1)).toThrow(RangeError);
    expect(() => convexMinimum((x) => x, Number.NaN, 1)).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { binEdges, binMiddle, logarithmicBin } from '../../../src/statistics/logarithmic-bins';

const anyNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e4, max: 1e4, noNaN: true }),
  fc.integer({ min: -71_329, max: 71_329 }).map((bin) => binEdges(bin).lower),
);

describe('logarithmic bins', () => {
  it('hold the values that are counted in them', () => {
    fc.assert(
      fc.property(anyNumber, (value) => {
        const bin = logarithmicBin(value);
        const { lower, upper } = binEdges(bin);
        expect(lower <= value && value <= upper).toBe(true);
        if (bin !== 0 && Math.abs(bin) < 71_329) expect(Math.abs(binMiddle(bin) / value - 1)).toBeLessThanOrEqual(0.005 + 1e-12);
        if (bin === 0) expect(Math.abs(value)).toBeLessThan(1e-9);
      }),
      { numRuns: 2000 },
    );
  });

  it('rise with the values, and mirror negative ones', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (a, b) => {
        expect(logarithmicBin(Math.min(a, b))).toBeLessThanOrEqual(logarithmicBin(Math.max(a, b)));
        expect(logarithmicBin(-a)).toBe(0 - logarithmicBin(a));
      }),
      { numRuns: 2000 },
    );
  });

  it('give an edge to the bin that begins there', () => {
    for (let bin = 1; bin <= 71_329; bin += 8) expect(logarithmicBin(binEdges(bin).lower)).toBe(bin);
  });

  it('have a last one, where all that is larger stands', () => {
    expect([Number.MAX_VALUE, 1e300, -Number.MAX_VALUE].map(logarithmicBin)).toEqual([71_329, 71_329, -71_329]);
    expect(binEdges(71_329).upper).toBe(Number.MAX_VALUE);
  });

  it('refuse what is no number', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => logarithmicBin(value)).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { addCounts, bucketOf, countUpTo, emptyCounts, quantileMs } from '../../../src/live-stats/latency-histogram';

const aLatency = fc.double({ min: 0.0501, max: 600_000, noNaN: true });
const latencies = fc.array(aLatency, { minLength: 1, maxLength: 200 });

function countsOf(values: readonly number[]): number[] {
  const counts = emptyCounts();
  for (const value of values) counts[bucketOf(value)] = (counts[bucketOf(value)] ?? 0) + 1;
  return counts;
}

describe('the latency histogram', () => {
  it('gives quantiles within 5% of the true ones', () => {
    fc.assert(
      fc.property(latencies, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, q) => {
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(q * sorted.length) - 1] ?? 0;
        const estimate = quantileMs(countsOf(values), q) ?? 0;
        expect(Math.abs(estimate / exact - 1)).toBeLessThan(0.05 + 1e-9);
      }),
    );
  });

  it('merges by addition: of any two, in any order', () => {
    fc.assert(
      fc.property(latencies, latencies, (a, b) => {
        expect(addCounts(countsOf(a), countsOf(b))).toEqual(countsOf([...b, ...a]));
      }),
    );
  });

  it('has quantiles that ascend', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const quantiles = [0.5, 0.95, 0.99].map((q) => quantileMs(countsOf(values), q) ?? 0);
        expect([...quantiles].sort((a, b) => a - b)).toEqual(quantiles);
      }),
    );
  });

  it('counts exactly what is at most 1, 2.5 or 5 times a power of ten', () => {
    const bounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 1_000_000];
    const nearBounds = fc.constantFrom(...bounds).chain((bound) => fc.constantFrom(bound, bound * (1 - 2 ** -52), bound * (1 + 2 ** -52)));
    fc.assert(
      fc.property(fc.array(fc.oneof(aLatency, nearBounds)), fc.constantFrom(...bounds), (values, bound) => {
        expect(countUpTo(countsOf(values), bound)).toBe(values.filter((value) => value <= bound || bound === 1_000_000).length);
      }),
    );
    expect(() => countUpTo([], 3)).toThrow(RangeError);
  });

  it('is of one size, whatever it counts', () => {
    for (const odd of [-1, 0, 1e-9, 1e300, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(bucketOf(odd)).toBeGreaterThanOrEqual(0);
      expect(bucketOf(odd)).toBeLessThan(emptyCounts().length);
    }
  });

  it('knows no quantile of nothing', () => expect(quantileMs(emptyCounts(), 0.5)).toBeNull());
});

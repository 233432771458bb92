import fc from 'fast-check';
import { clopperPearsonInterval } from '../../../src/statistics/clopper-pearson-interval';
import { type Interval, wilsonInterval } from '../../../src/statistics/wilson-interval';
import { relativeError } from './reference-numbers';
import { twoSample } from './two-sample-numbers';

const proportions = fc
  .integer({ min: 1, max: 500 })
  .chain((trials) => fc.record({ trials: fc.constant(trials), successes: fc.nat(trials) }));
const alphas = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
const intervals = [
  ['Wilson', wilsonInterval],
  ['Clopper-Pearson', clopperPearsonInterval],
] as const;

describe('intervals of a proportion', () => {
  it.each(twoSample.wilson)('$id', ({ k, n, confidence, wilson, clopperPearson }) => {
    const counts = { successes: k, trials: n };
    // 1 - 0.95 is not 0.05 to the last digit, which moves the ends by 1e-15.
    const alpha = Number((1 - confidence).toPrecision(12));
    if (wilson === null) {
      expect(wilsonInterval(counts, alpha)).toBeNull();
      expect(clopperPearsonInterval(counts, alpha)).toBeNull();
      return;
    }
    const { lower, upper } = wilsonInterval(counts, alpha) as Interval;
    expect(relativeError(lower, wilson[0])).toBeLessThan(1e-12);
    expect(relativeError(upper, wilson[1])).toBeLessThan(1e-12);
    const exact = clopperPearsonInterval(counts, alpha) as Interval;
    expect(Math.abs(exact.lower - (clopperPearson?.[0] ?? Number.NaN))).toBeLessThan(1e-10);
    expect(Math.abs(exact.upper - (clopperPearson?.[1] ?? Number.NaN))).toBeLessThan(1e-10);
  });

  it.each(intervals)('%s: holds the share, stays in 0..1, and is that of the failures mirrored', (_, interval) => {
    fc.assert(
      fc.property(proportions, alphas, ({ successes, trials }, alpha) => {
        const { lower, upper } = interval({ successes, trials }, alpha) as Interval;
        const share = successes / trials;
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
        expect(lower).toBeLessThanOrEqual(share);
        expect(upper).toBeGreaterThanOrEqual(share);
        const mirrored = interval({ successes: trials - successes, trials }, alpha) as Interval;
        expect(mirrored.lower).toBeCloseTo(1 - upper, 11);
      }),
    );
  });

  it.each(intervals)('%s: ends exactly at 0 and at 1', (_, interval) => {
    for (const trials of [1, 7, 300, 1e6]) {
      expect(interval({ successes: 0, trials }, 0.05)?.lower).toBe(0);
      expect(interval({ successes: trials, trials }, 0.05)?.upper).toBe(1);
    }
  });

  it.each(intervals)('%s refuses what is no proportion and no alpha', (_, interval) => {
    expect(() => interval({ successes: 3, trials: 2 }, 0.05)).toThrow(RangeError);
    expect(() => interval({ successes: 0.5, trials: 2 }, 0.05)).toThrow(RangeError);
    expect(() => interval({ successes: 0, trials: -1 }, 0.05)).toThrow(RangeError);
    expect(() => interval({ successes: 1, trials: 2 }, 0)).toThrow(RangeError);
    expect(() => interval({ successes: 1, trials: 2 }, Number.NaN)).toThrow(RangeError);
  });
});

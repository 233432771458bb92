import fc from 'fast-check';
import { RunningQuantile } from '../../../src/concurrency/running-quantile';

describe('RunningQuantile', () => {
  it('rests where its share of the values lies below', () => {
    const quantile = new RunningQuantile({ share: 0.9, step: 0.01, least: 0, most: 1 });
    // A sequence of low discrepancy: uniform on [0, 1), the same at each run.
    for (let i = 1; i <= 20_000; i++) quantile.add((i * 0.618_033_988_749_895) % 1);
    expect(quantile.value).toBeGreaterThan(0.88);
    expect(quantile.value).toBeLessThan(0.92);
  });

  it('stays within its bounds and moves by less than a step, whatever comes', () => {
    const value = fc.double({ noNaN: true });
    fc.assert(
      fc.property(fc.array(value), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (values, share) => {
        const quantile = new RunningQuantile({ share, step: 2, least: 1, most: 4 });
        for (const one of values) {
          const before = quantile.value;
          quantile.add(one);
          expect(Math.abs(quantile.value - before)).toBeLessThan(2);
          expect(quantile.value).toBeGreaterThanOrEqual(1);
          expect(quantile.value).toBeLessThanOrEqual(4);
        }
      }),
    );
  });
});

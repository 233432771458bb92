import fc from 'fast-check';
import { LatencyLog } from '../../../bench/load/latency-log';

const aLatency = fc.double({ min: 0.0101, max: 600_000, noNaN: true });

function logOf(latencies: readonly number[]): LatencyLog {
  const log = new LatencyLog();
  for (const latency of latencies) log.add(latency);
  return log;
}

describe('the log of latencies', () => {
  it('gives quantiles within 1% of the true ones', () => {
    fc.assert(
      fc.property(fc.array(aLatency, { minLength: 1, maxLength: 300 }), fc.double({ min: 0, max: 1, noNaN: true }), (latencies, q) => {
        const sorted = [...latencies].sort((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] as number;
        expect(Math.abs((logOf(latencies).quantileMs(q) as number) / exact - 1)).toBeLessThan(0.01);
      }),
    );
  });

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(fc.array(aLatency, { minLength: 1 }), (latencies) => {
        const [one, other] = [logOf(latencies), logOf([...latencies].reverse())];
        for (const q of [0, 0.5, 0.95, 0.99, 1]) expect(other.quantileMs(q)).toBe(one.quantileMs(q));
      }),
    );
  });

  it('counts everything, however odd', () => {
    const log = logOf([-1, 0, 1e-9, 1e300, Number.POSITIVE_INFINITY, Number.NaN]);
    expect(log.count).toBe(6);
    expect(log.quantileMs(1)).toBeGreaterThan(600_000);
  });

  it('knows no quantile of nothing', () => expect(new LatencyLog().quantileMs(0.5)).toBeNull());
});

import fc from 'fast-check';
import { betterProfile, compareProfiles, type RunRows } from '../../../src/inference/thread-contest';
import type { ThreadProfile } from '../../../src/model-registry/model-version';

/** Machines that exist in numbers only: a run takes what `msOf` says, and runs at the same time share it. */
class Clock {
  nowMs = 0;
  runs = 0;

  runner(msOf: (rows: number) => number): RunRows {
    let endsAtMs = 0;
    return async (rows) => {
      this.runs++;
      endsAtMs = Math.max(endsAtMs, this.nowMs + msOf(rows));
      await Promise.resolve();
      this.nowMs = Math.max(this.nowMs, endsAtMs);
    };
  }
}

const pace = (oneRowMs: number, rowsPerSecond: number) => ({ oneRowMs, rowsPerSecond });
const positive = fc.double({ min: 0.01, max: 1e4, noNaN: true });
const anyPace = fc.record({ oneRowMs: positive, rowsPerSecond: positive });

describe('betterProfile', () => {
  it.each<[ThreadProfile, string, ReturnType<typeof pace>]>([
    ['latency', 'a row is much faster and the rows a second are kept', pace(6, 100)],
    ['latency', 'next to nothing is lost', pace(8, 95)],
    ['throughput', 'too much is lost', pace(5, 94)],
    ['throughput', 'a row hardly gains', pace(8.1, 100)],
    ['throughput', 'nothing differs', pace(10, 100)],
  ])('is %s where %s', (profile, _, latency) => {
    expect(betterProfile({ throughput: pace(10, 100), latency })).toBe(profile);
  });

  it('does not change with the speed of the machine, and never prefers what is worse in both', () => {
    fc.assert(
      fc.property(anyPace, anyPace, fc.integer({ min: -6, max: 6 }), (throughput, latency, power) => {
        const profile = betterProfile({ throughput, latency });
        const factor = 2 ** power;
        const scaled = ({ oneRowMs, rowsPerSecond }: typeof latency) => pace(oneRowMs * factor, rowsPerSecond / factor);
        expect(betterProfile({ throughput: scaled(throughput), latency: scaled(latency) })).toBe(profile);
        const isWorse = latency.oneRowMs >= throughput.oneRowMs && latency.rowsPerSecond <= throughput.rowsPerSecond;
        if (isWorse) expect(profile).toBe('throughput');
      }),
    );
  });
});

describe('compareProfiles', () => {
  it('finds what each profile does, from the best of its runs', async () => {
    const clock = new Clock();
    const noise = () => (clock.runs <= 10 ? 50 : 0);
    const throughput = clock.runner((rows) => 2 + 8 * rows + noise());
    const latency = clock.runner((rows) => 2 + 4 * rows + noise());
    const options = { threads: 2, batchRows: 5, elapsedMs: () => clock.nowMs };
    expect(await compareProfiles(throughput, latency, options)).toEqual({
      throughput: { oneRowMs: 10, rowsPerSecond: (10 / 42) * 1000 },
      latency: { oneRowMs: 6, rowsPerSecond: (5 / 22) * 1000 },
    });
  });

  it('ends after a bounded time, and after a bounded number of runs', async () => {
    await fc.assert(
      fc.asyncProperty(positive, positive, fc.integer({ min: 2, max: 16 }), async (aMs, bMs, threads) => {
        const clock = new Clock();
        const options = { threads, batchRows: 1, elapsedMs: () => clock.nowMs };
        await compareProfiles(
          clock.runner(() => aMs),
          clock.runner(() => bMs),
          options,
        );
        const roundMs = 2 * (aMs + bMs);
        expect(clock.nowMs).toBeLessThanOrEqual(Math.max(3 * roundMs, 400 + roundMs) * (1 + 1e-9));
        expect(clock.runs).toBeLessThanOrEqual(20 * (threads + 3));
      }),
    );
  });
});

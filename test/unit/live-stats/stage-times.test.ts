import fc from 'fast-check';
import { addTimes, noTimes, StageClock, type StageTimes, stageSummary } from '../../../src/live-stats/stage-times';

// Quarters of a millisecond: their sums are exact, in any order.
const samples = fc.array(
  fc.integer({ min: 0, max: 40_000_000 }).map((quarters) => quarters / 4),
  { maxLength: 100 },
);

function timesOf(values: readonly number[]): StageTimes {
  const clock = new StageClock();
  for (const ms of values) clock.add(ms, 1);
  return clock.times();
}

describe('the times of a stage', () => {
  it('merge into what one server would have had, in any order and grouping', () => {
    fc.assert(
      fc.property(samples, samples, samples, (a, b, c) => {
        const [timesOfA, timesOfB, timesOfC] = [timesOf(a), timesOf(b), timesOf(c)];
        const merged = addTimes(addTimes(timesOfA, timesOfB), timesOfC);
        expect(merged).toEqual(timesOf([...a, ...b, ...c]));
        expect(merged).toEqual(addTimes(timesOfA, addTimes(timesOfB, timesOfC)));
        expect(addTimes(timesOfA, timesOfB)).toEqual(addTimes(timesOfB, timesOfA));
        expect(addTimes(timesOfA, noTimes)).toEqual(timesOfA);
      }),
    );
  });

  it('merge the same after a journey as JSON', () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const travelled: StageTimes = JSON.parse(JSON.stringify(timesOf(b)));
        expect(stageSummary('queue', addTimes(timesOf(a), travelled))).toEqual(stageSummary('queue', timesOf([...b, ...a])));
      }),
    );
  });

  it('count rows together as they count them one by one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: 64 }), (quarters, rows) => {
        const together = new StageClock();
        together.add(quarters / 4, rows);
        expect(together.times()).toEqual(timesOf(new Array<number>(rows).fill(quarters / 4)));
      }),
    );
  });

  it('have quantiles within 5% of the exact ones of all replicas together', () => {
    fc.assert(
      fc.property(samples, fc.array(fc.double({ min: 0.0501, max: 600_000, noNaN: true }), { minLength: 1 }), (a, b) => {
        const values = [...a.filter((ms) => ms > 0.05 && ms < 600_000), ...b];
        const half = Math.floor(values.length / 2);
        const { p95Ms } = stageSummary('total', addTimes(timesOf(values.slice(0, half)), timesOf(values.slice(half))));
        const exact = [...values].sort((x, y) => x - y)[Math.ceil(0.95 * values.length) - 1] ?? 0;
        expect(Math.abs((p95Ms ?? 0) / exact - 1)).toBeLessThan(0.05 + 1e-9);
      }),
    );
  });
});

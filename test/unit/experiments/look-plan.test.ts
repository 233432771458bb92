import fc from 'fast-check';
import { lookStages, looksDue } from '../../../src/experiments/look-plan';

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];

describe('the looks of an experiment', () => {
  it.each([
    ['before the start', -1, 0],
    ['after 1.999 s', 1_999, 0],
    ['after 2 s', 2_000, 1],
    ['after a minute', minuteMs, 30],
    ['after ten minutes', 10 * minuteMs, 84],
    ['after eleven', 11 * minuteMs, 85],
    ['after three hours', 3 * hourMs, 254],
    ['after two days', 2 * dayMs, 434],
    ['after two days and an hour', 2 * dayMs + hourMs, 435],
  ])('%s: %i ms', (_, ms, number) => {
    expect(looksDue(1_764_000_000_123, 1_764_000_000_123 + ms)).toBe(number);
  });

  it('stay below 3,000 in a quarter of a year', () => {
    expect(looksDue(0, 92 * dayMs)).toBeLessThan(3_000);
  });

  it('only ever become more, and move with the start', () => {
    const time = fc.integer({ min: -1_000, max: 100 * dayMs });
    fc.assert(
      fc.property(time, time, fc.integer({ min: 0, max: 2e12 }), (one, other, startMs) => {
        const [early, late] = [Math.min(one, other), Math.max(one, other)];
        expect(looksDue(0, early)).toBeLessThanOrEqual(looksDue(0, late));
        expect(looksDue(startMs, startMs + late)).toBe(looksDue(0, late));
      }),
    );
  });

  it('are never closer together than those of the first minutes', () => {
    const [first] = lookStages;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 * dayMs }), (ms) => {
        expect(looksDue(0, ms + (first?.everyMs ?? 0) - 1) - looksDue(0, ms)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are at equal distances when a single stage says so', () => {
    const stages = [{ untilMs: Number.POSITIVE_INFINITY, everyMs: 50 }];
    expect([0, 49, 50, 149, 1e9].map((ms) => looksDue(0, ms, stages))).toEqual([0, 0, 1, 2, 2e7]);
  });
});

import fc from 'fast-check';
import { lastLookDue, lookDueAtMs } from '../../../src/statistics/look-schedule';

describe('a look schedule', () => {
  const schedule = { startedAtMs: 1_000, everyMs: 60_000 };

  it.each([
    [0, 0],
    [1_000, 0],
    [60_999, 0],
    [61_000, 1],
    [151_000, 2],
  ])('at %i ms has look %i due', (nowMs, number) => {
    expect(lastLookDue(schedule, nowMs)).toBe(number);
  });

  it('says when a look is due, and has it due just then', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e12 }),
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 1, max: 1e4 }),
        (startedAtMs, everyMs, number) => {
          const dueAtMs = lookDueAtMs({ startedAtMs, everyMs }, number);
          expect(lastLookDue({ startedAtMs, everyMs }, dueAtMs)).toBe(number);
          expect(lastLookDue({ startedAtMs, everyMs }, dueAtMs - 1)).toBe(number - 1);
        },
      ),
    );
  });

  it('refuses what is no time', () => {
    expect(() => lastLookDue({ ...schedule, everyMs: 0 }, 0)).toThrow(RangeError);
    expect(() => lastLookDue({ ...schedule, startedAtMs: Number.NaN }, 0)).toThrow(RangeError);
    expect(() => lastLookDue(schedule, Number.NaN)).toThrow(RangeError);
    expect(() => lookDueAtMs(schedule, 0)).toThrow(RangeError);
  });
});

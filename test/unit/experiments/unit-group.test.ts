import fc from 'fast-check';
import { hourMs, periodEndOf } from '../../../src/experiments/unit-group';

const start = Date.UTC(2026, 10, 22, 8, 30);

it.each([
  ['the hour at first', start, '2026-11-22T09:00:00.000Z'],
  ['the hour until two days have passed', start + 48 * hourMs - 1, '2026-11-24T09:00:00.000Z'],
  ['the day from then on', start + 48 * hourMs, '2026-11-25T00:00:00.000Z'],
  ['an hour before the start, through a clock that is slow', start - 1, '2026-11-22T09:00:00.000Z'],
])('%s', (_, exposedAtMs, end) => {
  expect(new Date(periodEndOf(exposedAtMs, start)).toISOString()).toBe(end);
});

it('ends after what it holds, within a day, and is an hour where the start is not known', () => {
  const moment = fc.integer({ min: 0, max: 4e12 });
  fc.assert(
    fc.property(moment, moment, (exposedAtMs, startedAtMs) => {
      const aheadMs = periodEndOf(exposedAtMs, startedAtMs) - exposedAtMs;
      expect(aheadMs).toBeGreaterThan(0);
      expect(aheadMs).toBeLessThanOrEqual(24 * hourMs);
      expect(periodEndOf(exposedAtMs, null) - exposedAtMs).toBeLessThanOrEqual(hourMs);
    }),
  );
});

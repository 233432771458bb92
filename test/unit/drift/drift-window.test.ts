import fc from 'fast-check';
import type { FeatureBucket } from '../../../src/drift/drift-store';
import { newestWindow, rowsSince } from '../../../src/drift/drift-window';

const minute = (number: number) => new Date(Date.UTC(2026, 2, 1, 0, number));

/** `rows[0]` in the newest minute. */
function bucketsOf(rows: readonly number[]): FeatureBucket[] {
  return rows.flatMap((count, age) => [
    { feature: 'x', startedAt: minute(100 - age), counts: [count, 0] },
    { feature: 'y', startedAt: minute(100 - age), counts: [0, 0, count] },
  ]);
}

describe('newestWindow', () => {
  it('takes whole minutes, newest first, until there are rows enough', () => {
    const window = newestWindow(bucketsOf([30, 150, 50, 70]), 200);
    expect(window).toMatchObject({ rows: 230, startedAt: minute(98), endedAt: minute(101) });
    expect([...window.countsByFeature]).toEqual([
      ['x', [230, 0]],
      ['y', [0, 0, 230]],
    ]);
  });

  it('takes the newest minute whole, however busy it is', () => {
    expect(newestWindow(bucketsOf([5_000, 10]), 200)).toMatchObject({ rows: 5_000, startedAt: minute(100) });
  });

  it('takes all there is when that is less', () => {
    expect(newestWindow(bucketsOf([3, 4]), 200)).toMatchObject({ rows: 7, startedAt: minute(99) });
    expect(newestWindow([], 200)).toMatchObject({ rows: 0, startedAt: null, endedAt: null });
  });

  it('is the shortest that is long enough', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 20 }), fc.integer({ min: 1, max: 500 }), (rows, wanted) => {
        const all = rows.reduce((sum, count) => sum + count, 0);
        const used = newestWindow(bucketsOf(rows), wanted);
        const minutes = used.startedAt ? 101 - used.startedAt.getUTCMinutes() - 60 * used.startedAt.getUTCHours() : 0;
        expect(used.rows).toBe(rows.slice(0, minutes).reduce((sum, count) => sum + count, 0));
        expect(used.rows >= wanted || used.rows === all).toBe(true);
        expect(used.rows - (rows[minutes - 1] ?? 0)).toBeLessThan(wanted);
      }),
    );
  });
});

describe('rowsSince', () => {
  it('counts each prediction once, from that minute on', () => {
    expect(rowsSince(bucketsOf([3, 4, 5]), minute(99))).toBe(7);
    expect(rowsSince([], minute(0))).toBe(0);
  });
});

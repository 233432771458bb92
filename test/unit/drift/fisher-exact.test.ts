import fc from 'fast-check';
import { fisherExact } from '../../../src/drift/fisher-exact';

/** P(hits in the second sample >= x) by counting every way to deal the hits out. */
function byCounting(hits: number, firstRows: number, secondRows: number, x: number): number {
  const choose = (n: number, k: number): number => (k < 0 || k > n ? 0 : k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
  let sum = 0;
  for (let i = x; i <= hits; i++) sum += choose(secondRows, i) * choose(firstRows, hits - i);
  return sum / choose(firstRows + secondRows, hits);
}

const aShare = fc
  .integer({ min: 1, max: 20 })
  .chain((rows) => fc.record({ rows: fc.constant(rows), hits: fc.integer({ min: 0, max: rows }) }));

describe('fisherExact', () => {
  it('is the share of all deals with at least so many hits', () => {
    fc.assert(
      fc.property(aShare, aShare, (a, b) => {
        expect(fisherExact(a, b).upperTail).toBeCloseTo(byCounting(a.hits + b.hits, a.rows, b.rows, b.hits), 10);
      }),
    );
  });

  it('does not care which sample comes first when both tails count', () => {
    fc.assert(fc.property(aShare, aShare, (a, b) => expect(fisherExact(a, b).twoSided).toBeCloseTo(fisherExact(b, a).twoSided, 10)));
  });

  it('keeps small p-values exact', () => {
    // 20 of 20 against 0 of 20: one deal of choose(40, 20).
    expect(fisherExact({ hits: 0, rows: 20 }, { hits: 20, rows: 20 }).upperTail).toBeCloseTo(1 / 137846528820, 20);
  });

  it('is quick and right with a million rows', () => {
    const { upperTail } = fisherExact({ hits: 100_000, rows: 1_000_000 }, { hits: 100_700, rows: 1_000_000 });
    // z = 700 / sqrt(2e6 * 0.10035 * 0.89965 * ...) = 1.648 with continuity correction.
    expect(upperTail).toBeCloseTo(0.0497, 3);
  });

  it.each([[{ hits: 2, rows: 1 }], [{ hits: -1, rows: 1 }], [{ hits: 0.5, rows: 1 }]])('refuses %j', (share) => {
    expect(() => fisherExact(share, { hits: 0, rows: 1 })).toThrow(RangeError);
  });
});

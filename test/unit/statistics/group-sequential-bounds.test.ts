import fc from 'fast-check';
import { type AlphaSpending, spentAlpha } from '../../../src/statistics/alpha-spending';
import { groupSequentialBounds } from '../../../src/statistics/group-sequential-bounds';
import { normalQuantile } from '../../../src/statistics/normal-distribution';
import { normalDraws } from './normal-draws';
import { minstd, referenceNumbers, relativeError } from './reference-numbers';

interface Plan {
  readonly spending: AlphaSpending;
  readonly alpha: number;
  readonly sides: 1 | 2;
  readonly informationFractions: number[];
}

const reference = referenceNumbers<{
  exact: (Plan & { zBounds: number[] })[];
  reference: (Plan & { cumulativeAlpha: number[]; zBounds: number[] })[];
  published: (Plan & { zBounds: number[] })[];
  nominalAlpha: (Omit<Plan, 'spending'> & { id: string; nominalAlpha: number[]; dense: number[]; upstream: number[] })[];
  manyLooks: (Omit<Plan, 'spending'> & { id: string; zBounds: number[] })[];
}>('group-sequential');

const square: AlphaSpending = { kind: 'power', exponent: 2 };
const zBounds = (plan: Plan) => groupSequentialBounds(plan).map(({ zBound }) => zBound);
const largestError = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  return Math.max(...expected.map((value, at) => Math.abs((actual[at] as number) - value)));
};

describe('groupSequentialBounds', () => {
  it.each(reference.exact)('equals nested quadrature: $spending at $informationFractions', (row) => {
    expect(largestError(zBounds(row), row.zBounds)).toBeLessThan(1e-11);
  });

  it.each(reference.reference)('agrees with a coarser recursion: $spending at $informationFractions', (row) => {
    const looks = groupSequentialBounds(row);
    expect(
      largestError(
        looks.map(({ zBound }) => zBound),
        row.zBounds,
      ),
    ).toBeLessThan(2e-4);
    row.cumulativeAlpha.forEach((alpha, look) => {
      // The reference is 1 - Phi and has lost digits.
      expect(Math.abs((looks[look]?.cumulativeAlpha as number) - alpha)).toBeLessThan(2e-15);
    });
  });

  it.each(reference.published)('agrees with the tables to their last digit', (row) => {
    expect(largestError(zBounds(row), row.zBounds)).toBeLessThan(1.5e-4);
  });

  it.each(reference.nominalAlpha)('$id: the level of each look, $sides-sided', ({ nominalAlpha, dense, upstream, ...row }) => {
    const looks = groupSequentialBounds({ ...row, spending: square }).map((look) => look.nominalAlpha);
    expect(looks).toHaveLength(dense.length);
    looks.forEach((level, look) => {
      expect(relativeError(level, dense[look] as number)).toBeLessThan(1e-10);
      // A Simpson recursion, right to eight digits.
      expect(relativeError(level, nominalAlpha[look] as number)).toBeLessThan(3e-8);
    });
    expect(largestError(looks, upstream)).toBeLessThan(2.1e-5);
  });

  it.each(reference.manyLooks)('$id', ({ zBounds: expected, ...row }) => {
    // The reference is a Simpson recursion that is itself wrong by that much.
    const tolerance = row.informationFractions.length === 196 ? 2e-6 : 2e-8;
    expect(largestError(zBounds({ ...row, spending: square }), expected)).toBeLessThan(tolerance);
  });

  const aPlan = fc.record({
    spending: fc.constantFrom<AlphaSpending>({ kind: 'obrien-fleming' }, { kind: 'pocock' }, { kind: 'power', exponent: 1 }, square),
    alpha: fc.double({ min: 0.001, max: 0.2, noNaN: true }),
    sides: fc.constantFrom<1 | 2>(1, 2),
    informationFractions: fc
      .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 6 })
      .map((list) => [...list.sort((one, other) => one - other).map((percent) => percent / 100), 1]),
  });

  it('spends alpha to the last digit, a little more at every look, and never asks for less than the fixed horizon', () => {
    fc.assert(
      fc.property(aPlan, (plan) => {
        const looks = groupSequentialBounds(plan);
        expect(looks.at(-1)?.cumulativeAlpha).toBe(plan.alpha);
        looks.forEach(({ cumulativeAlpha, zBound, nominalAlpha, informationFraction }, look) => {
          expect(cumulativeAlpha).toBe(spentAlpha(plan.spending, { ...plan, fraction: informationFraction }));
          expect(cumulativeAlpha).toBeGreaterThan(looks[look - 1]?.cumulativeAlpha ?? 0);
          expect(zBound).toBeGreaterThanOrEqual(-normalQuantile(plan.alpha / plan.sides) - 1e-12);
          expect(nominalAlpha).toBeLessThanOrEqual(plan.alpha * (1 + 1e-12));
        });
      }),
      { numRuns: 30 },
    );
  });

  it('gives a look the same bound whatever is planned after it', () => {
    fc.assert(
      fc.property(
        aPlan.filter(({ informationFractions }) => informationFractions.length > 1),
        (plan) => {
          const all = zBounds(plan);
          const first = zBounds({ ...plan, informationFractions: plan.informationFractions.slice(0, -1) });
          expect(largestError(first, all.slice(0, -1))).toBeLessThan(1e-10);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('has nothing left beyond the plan', () => {
    const bounds = zBounds({ informationFractions: [0.5, 1, 1.2], alpha: 0.05, sides: 2, spending: square });
    expect(bounds[1]).toBeCloseTo(2.01831025, 8);
    expect(bounds[2]).toBe(Infinity);
  });

  it('finds the bounds of a first look that spends next to nothing', () => {
    const bounds = zBounds({ informationFractions: [0.01, 0.02, 1], alpha: 0.05, sides: 2, spending: { kind: 'obrien-fleming' } });
    expect(bounds[0]).toBeGreaterThan(20);
    expect(bounds[1]).toBeGreaterThan(15);
    expect(bounds[2]).toBeCloseTo(1.959964, 6);
  });

  it('is crossed in 5% of the runs in which nothing differs', () => {
    const looks = groupSequentialBounds({ informationFractions: [0.2, 0.5, 0.6, 1], alpha: 0.05, sides: 2, spending: { kind: 'pocock' } });
    const draw = normalDraws(minstd(20_240_610));
    const runs = 20_000;
    let crossed = 0;
    for (let run = 0; run < runs; run++) {
      let [score, before] = [0, 0];
      const isBeyond = looks.map(({ informationFraction, zBound }) => {
        score += Math.sqrt(informationFraction - before) * draw();
        before = informationFraction;
        return Math.abs(score) > zBound * Math.sqrt(informationFraction);
      });
      crossed += Number(isBeyond.includes(true));
    }
    expect(Math.abs(crossed / runs - 0.05)).toBeLessThan(3 * Math.sqrt((0.05 * 0.95) / runs));
  });

  it.each([
    { informationFractions: [] },
    { informationFractions: [0, 1] },
    { informationFractions: [0.5, 0.5] },
    { informationFractions: [0.5, Number.NaN] },
    { alpha: 0 },
    { alpha: 1 },
    { spending: { kind: 'power', exponent: 0 } as const },
  ])('refuses %j', (change) => {
    const plan = { informationFractions: [0.5, 1], alpha: 0.05, sides: 2, spending: square } as const;
    expect(() => groupSequentialBounds({ ...plan, ...change })).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import type { BucketRange } from '../../../src/assignment/bucket-ranges';
import { massOf, splitRanges, subtractRanges, toRangeSet } from '../../../src/assignment/range-set';
import { compileChoice, ownRanges, propensitiesOf } from '../../../src/assignment/variant-ranges';
import { growthBookCases } from './growthbook-cases';

const edge = fc.integer({ min: -5, max: 25 }).map((part) => part / 20);
const ranges = fc.array(fc.tuple(edge, edge), { maxLength: 4 }) as fc.Arbitrary<BucketRange[]>;
const holds = (set: readonly BucketRange[], fraction: number) => set.some(([start, end]) => fraction >= start && fraction < end);
/** The middle of each twentieth of 0..1, and so all that ranges with such edges can tell apart. */
const fractions = Array.from({ length: 20 }, (_, part) => (part + 0.5) / 20);

describe('compileChoice', () => {
  it.each(growthBookCases.chooseVariation)('GrowthBook: %s', (_, fraction, single, index) => {
    expect(compileChoice(single.map((range) => [range]))(fraction)).toBe(index);
  });

  it('chooses the variant that owns the fraction, whose mass is its propensity', () => {
    fc.assert(
      fc.property(fc.array(ranges, { maxLength: 4 }), (variants) => {
        const choose = compileChoice(variants);
        const own = ownRanges(variants);
        const chosen = fractions.map(choose);
        for (const [place, fraction] of fractions.entries()) expect(chosen[place]).toBe(own.findIndex((set) => holds(set, fraction)));
        const enrolled = chosen.filter((variant) => variant !== -1).length;
        for (const [variant, propensity] of propensitiesOf(variants).entries()) {
          const share = chosen.filter((other) => other === variant).length / Math.max(1, enrolled);
          expect(propensity).toBeCloseTo(share, 9);
        }
      }),
    );
  });
});

describe('range sets', () => {
  it('are in order, without overlap, and hold what the ranges held within 0..1', () => {
    fc.assert(
      fc.property(ranges, ranges, (one, other) => {
        const [set, removed] = [toRangeSet(one), toRangeSet(other)];
        const left = subtractRanges(set, removed);
        for (const fraction of fractions) {
          expect(holds(set, fraction)).toBe(holds(one, fraction));
          expect(holds(left, fraction)).toBe(holds(one, fraction) && !holds(other, fraction));
        }
        for (const result of [set, left])
          for (const [index, [start, end]] of result.entries()) {
            expect(end).toBeGreaterThan(start);
            expect(start).toBeGreaterThanOrEqual(result[index - 1]?.[1] ?? 0);
          }
      }),
    );
  });

  it('are split into a lower part of the mass asked for and the rest', () => {
    fc.assert(
      fc.property(ranges, fc.double({ min: 0, max: 1, noNaN: true }), (some, mass) => {
        const set = toRangeSet(some);
        const [taken, rest] = splitRanges(set, mass);
        expect(massOf(taken)).toBeCloseTo(Math.min(mass, massOf(set)), 9);
        expect(massOf(taken) + massOf(rest)).toBeCloseTo(massOf(set), 9);
        expect(taken.at(-1)?.[1] ?? 0).toBeLessThanOrEqual(rest[0]?.[0] ?? 1);
      }),
    );
  });
});

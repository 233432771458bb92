import fc from 'fast-check';
import type { Variant } from '../../../src/experiments/experiment';
import { interactionReport } from '../../../src/experiments/interaction-report';
import type { SharedCell } from '../../../src/experiments/shared-units';
import { independenceTest } from '../../../src/statistics/independence-test';
import { ratioOfSums } from '../../../src/statistics/ratio-of-sums';
import { sumsOver } from './unit-sums';

type Unit = readonly [numerator: number, denominator: number];

const plan = (key: string, ...keys: readonly string[]) => ({
  key,
  variants: keys.map((one, index): Variant => ({ key: one, name: one, version: '1', weight: 1 / keys.length, isControl: index === 0 })),
});
const cell = (first: string, second: string, units: readonly Unit[]): SharedCell => ({
  ...{ first, second, units: units.length },
  sums: sumsOver(units),
});
const [left, right] = [plan('one', 'off', 'on'), plan('two', 'old', 'new')];

function report(cells: readonly SharedCell[], [first, second] = [left, right], alpha = 0.05) {
  const shared = { cells, sampledOneIn: 1 };
  return interactionReport({ first, second, metric: 'revenue', totalsOf: 'one', alpha, asOf: new Date(0), shared });
}

const units = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 4 })), { minLength: 30, maxLength: 40 });
const varied = units.filter((values) => new Set(values.map(([numerator, denominator]) => numerator / denominator)).size > 1);
const fourCells = fc
  .tuple(varied, varied, varied, varied)
  .map(([a, b, c, d]) => [cell('off', 'old', a), cell('on', 'old', b), cell('off', 'new', c), cell('on', 'new', d)] as const);

describe('interactionReport', () => {
  it('is the difference of the differences, with the errors of all four cells', () => {
    fc.assert(
      fc.property(fourCells, (cells) => {
        const [neither, one, other, both] = cells.map(({ sums }) => ratioOfSums(sums)?.mean as number) as [number, number, number, number];
        const { interactions, warnings } = report(cells);
        const difference = interactions[0]?.difference;
        expect(interactions).toHaveLength(1);
        expect(difference?.estimate).toBeCloseTo(both - other - (one - neither), 9);
        const error = Math.hypot(...cells.map(({ sums }) => ratioOfSums(sums)?.standardError as number));
        expect((difference?.upper ?? 0) - (difference?.lower ?? 0)).toBeCloseTo(2 * 1.959963984540054 * error, 9);
        expect(warnings).toEqual([]);
      }),
    );
  });

  it('is the same from either side', () => {
    fc.assert(
      fc.property(fourCells, (cells) => {
        const turned = cells.map((one) => ({ ...one, first: one.second, second: one.first }));
        const [straight, back] = [report(cells), report(turned, [right, left])];
        const [a, b] = [straight.interactions[0], back.interactions[0]];
        expect(b?.difference?.estimate).toBeCloseTo(a?.difference?.estimate as number, 9);
        expect(b?.pValue).toBeCloseTo(a?.pValue as number, 9);
        expect(back.independence.pValue).toBeCloseTo(straight.independence.pValue as number, 9);
      }),
    );
  });

  it('is 0 where effects add up, and its p below alpha exactly when the interval excludes 0', () => {
    fc.assert(
      fc.property(
        varied,
        fc.integer({ min: -5, max: 5 }),
        fc.integer({ min: -5, max: 5 }),
        fc.integer({ min: -3, max: 3 }),
        (base, a, b, more) => {
          const shifted = (by: number) => base.map(([value]): Unit => [value + by, 1]);
          const cells = [
            cell('off', 'old', shifted(0)),
            cell('on', 'old', shifted(a)),
            cell('off', 'new', shifted(b)),
            cell('on', 'new', shifted(a + b + more)),
          ];
          const [one] = report(cells).interactions;
          expect(one?.difference?.estimate).toBeCloseTo(more, 9);
          if (!one?.difference) return;
          const { lower, upper } = one.difference;
          if (Math.abs(lower) > 1e-9 && Math.abs(upper) > 1e-9) expect((one.pValue ?? 1) < 0.05).toBe(lower > 0 || upper < 0);
        },
      ),
    );
  });

  it('shares alpha among the pairs of treatments', () => {
    const three = plan('two', 'old', 'new', 'newest');
    const some = (seed: number) => Array.from({ length: 40 }, (_, index): Unit => [(index * seed) % 7, 1]);
    const cells = left.variants.flatMap((one, i) => three.variants.map((other, j) => cell(one.key, other.key, some(1 + i + 2 * j))));
    const { interactions } = report(cells, [left, three]);
    expect(interactions.map(({ first, second }) => [first, second])).toEqual([
      ['on', 'new'],
      ['on', 'newest'],
    ]);
    for (const { difference, pValue, adjustedPValue } of interactions) {
      expect(difference?.level).toBe(0.975);
      expect(adjustedPValue).toBeCloseTo(Math.min(1, 2 * (pValue as number)), 12);
    }
  });

  it('tells how the units are split, and when that is no chance', () => {
    const times = (first: string, second: string, count: number) => cell(first, second, Array(count).fill([1, 1]));
    const even = report([times('off', 'old', 500), times('on', 'old', 500), times('off', 'new', 520), times('on', 'new', 480)]);
    expect(even).toMatchObject({
      units: 2000,
      independence: {
        pValue: independenceTest([
          [500, 520],
          [500, 480],
        ]).pValue,
        dependent: false,
      },
      cells: [
        { first: 'off', second: 'old', units: 500, mean: 1 },
        { first: 'off', second: 'new', units: 520, mean: 1 },
        { first: 'on', second: 'old', units: 500, mean: 1 },
        { first: 'on', second: 'new', units: 480, mean: 1 },
      ],
    });
    const shared = report([times('off', 'old', 900), times('on', 'old', 100), times('off', 'new', 100), times('on', 'new', 900)]);
    expect(shared.independence.dependent).toBe(true);
    expect(shared.warnings[0]).toMatch(/not independent/);
    const few = report([times('off', 'old', 3), times('on', 'old', 4), times('off', 'new', 4)]);
    expect(few.independence).toEqual({ pValue: null, dependent: false });
    expect(few.cells[3]).toEqual({ first: 'on', second: 'new', units: 0, mean: null });
  });

  it('compares nothing below 30 units in a cell, nor where nothing varies', () => {
    const some = (count: number) => Array.from({ length: count }, (_, index): Unit => [index % 5, 1]);
    const young = report([
      cell('off', 'old', some(40)),
      cell('on', 'old', some(40)),
      cell('off', 'new', some(40)),
      cell('on', 'new', some(29)),
    ]);
    const still = report(['off', 'on'].flatMap((one) => ['old', 'new'].map((other) => cell(one, other, Array(40).fill([1, 1])))));
    for (const { interactions, warnings } of [young, still]) {
      expect(interactions[0]).toMatchObject({ difference: null, pValue: null, adjustedPValue: null });
      expect(warnings).toEqual([expect.stringMatching(/1 of 1 pairs cannot be compared/)]);
    }
  });
});

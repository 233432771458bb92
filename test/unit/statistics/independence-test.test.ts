import fc from 'fast-check';
import { pearsonHomogeneity } from '../../../src/statistics/chi-square-homogeneity';
import { independenceTest } from '../../../src/statistics/independence-test';
import { modelComparison } from './model-comparison-numbers';
import { relativeError } from './reference-numbers';

const tables = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })).chain(([rows, columns]) => {
  const row = fc.array(fc.nat(100), { minLength: columns, maxLength: columns });
  return fc.array(row, { minLength: rows, maxLength: rows });
});

describe('independenceTest', () => {
  it.each(modelComparison.assignment_independence)('of $table', ({ table, expected }) => {
    const test = independenceTest(table);
    expect(relativeError(test.statistic, expected.chi2)).toBeLessThan(1e-12);
    expect(test.degreesOfFreedom).toBe(expected.dof);
    expect(relativeError(test.pValue, expected.p)).toBeLessThan(1e-11);
  });

  it('of two rows is the test of homogeneity', () => {
    const counts = fc.array(fc.tuple(fc.nat(200), fc.nat(200)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(counts, (list) => {
        const [a, b] = [list.map(([x]) => x), list.map(([, y]) => y)];
        fc.pre(a.some((x) => x > 0) && b.some((y) => y > 0));
        const test = independenceTest([a, b]);
        const homogeneity = pearsonHomogeneity(a, b);
        expect(test.statistic).toBeCloseTo(homogeneity.statistic, 9);
        expect(test.degreesOfFreedom).toBe(homogeneity.degreesOfFreedom);
        expect(test.pValue).toBeCloseTo(homogeneity.pValue, 9);
      }),
    );
  });

  it('does not care which experiment is in the rows', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const test = independenceTest(table);
        const turned = independenceTest((table[0] as number[]).map((_, j) => table.map((row) => row[j] as number)));
        expect(turned.statistic).toBeCloseTo(test.statistic, 8);
        expect(turned.degreesOfFreedom).toBe(test.degreesOfFreedom);
        expect(test.pValue).toBeGreaterThanOrEqual(0);
        expect(test.pValue).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('can say nothing about one arm, or no units', () => {
    const nothing = { statistic: 0, degreesOfFreedom: 0, pValue: 1 };
    expect(independenceTest([])).toEqual(nothing);
    expect(independenceTest([[3, 4]])).toEqual(nothing);
    expect(
      independenceTest([
        [0, 0],
        [0, 0],
      ]),
    ).toEqual(nothing);
    expect(
      independenceTest([
        [3, 0],
        [4, 0],
      ]),
    ).toEqual(nothing);
  });

  it.each([
    [[[1, 2], [3]]],
    [
      [
        [1, -2],
        [3, 4],
      ],
    ],
    [
      [
        [1, Number.NaN],
        [3, 4],
      ],
    ],
  ])('refuses %j', (table) => {
    expect(() => independenceTest(table)).toThrow(RangeError);
  });
});

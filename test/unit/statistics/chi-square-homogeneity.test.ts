import fc from 'fast-check';
import { chiSquareHomogeneity, pearsonHomogeneity } from '../../../src/statistics/chi-square-homogeneity';
import { minstd, referenceNumbers, relativeError } from './reference-numbers';

const { cases } = referenceNumbers<{
  cases: { id: string; table: [number[], number[]]; statistic: number; p: number; dof: number; cramersV: number; minExpected: number }[];
}>('chi-square-homogeneity');

describe('pearsonHomogeneity', () => {
  it.each(cases.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const test = pearsonHomogeneity(...row.table);
    expect(relativeError(test.statistic, row.statistic)).toBeLessThan(1e-12);
    expect(test.degreesOfFreedom).toBe(row.dof);
    expect(relativeError(test.pValue, row.p)).toBeLessThan(1e-10);
    expect(relativeError(test.cramersV, row.cramersV)).toBeLessThan(1e-12);
  });
});

describe('chiSquareHomogeneity', () => {
  it.each(cases.filter((row) => row.minExpected >= 5).map((row) => [row.id, row] as const))('merges nothing in %s', (_, row) => {
    expect(chiSquareHomogeneity(...row.table)).toEqual(pearsonHomogeneity(...row.table));
  });

  it('drops bins that are empty on both sides', () => {
    expect(chiSquareHomogeneity([0, 40, 0, 60], [0, 50, 0, 50])).toEqual(chiSquareHomogeneity([40, 60], [50, 50]));
  });

  it('merges a sparse bin with its next neighbour, and the last with the one before', () => {
    expect(chiSquareHomogeneity([1, 39, 50, 8, 2], [2, 48, 40, 9, 1])).toEqual(chiSquareHomogeneity([40, 50, 10], [50, 40, 10]));
  });

  it('keeps what a category new to one side says', () => {
    expect(chiSquareHomogeneity([500, 500, 0], [400, 400, 200]).pValue).toBeLessThan(1e-40);
  });

  it('can say nothing when fewer than two bins are left', () => {
    const nothing = { statistic: 0, degreesOfFreedom: 0, pValue: 1, cramersV: 0 };
    expect(chiSquareHomogeneity([3, 2], [1, 4])).toEqual(nothing);
    expect(chiSquareHomogeneity([100], [50])).toEqual(nothing);
  });

  it('treats both sides alike, with a p in 0..1 and an effect in 0..1', () => {
    const bins = fc.array(fc.tuple(fc.nat(200), fc.nat(200)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(bins, (list) => {
        const [a, b] = [list.map(([x]) => x), list.map(([, y]) => y)];
        fc.pre(a.some((x) => x > 0) && b.some((y) => y > 0));
        const test = chiSquareHomogeneity(a, b);
        const mirrored = chiSquareHomogeneity(b, a);
        expect(mirrored.statistic).toBeCloseTo(test.statistic, 8);
        expect(mirrored.degreesOfFreedom).toBe(test.degreesOfFreedom);
        for (const value of [test.pValue, test.cramersV]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        expect(chiSquareHomogeneity(a, a).statistic).toBeCloseTo(0, 10);
      }),
    );
  });

  it('calls about 5% of undrifted windows at p < 0.05, also with sparse bins', () => {
    const random = minstd(77);
    const weights = [0.3, 0.25, 0.2, 0.15, 0.07, 0.02, 0.007, 0.003];
    const cumulative = weights.map((_, index) => weights.slice(0, index + 1).reduce((sum, weight) => sum + weight, 0));
    const sample = (n: number) => {
      const counts = weights.map(() => 0);
      for (let i = 0; i < n; i++) {
        const u = random();
        const bin = cumulative.findIndex((sum) => u < sum);
        counts[bin === -1 ? 0 : bin] = (counts[bin === -1 ? 0 : bin] as number) + 1;
      }
      return counts;
    };
    const runs = 600;
    const alarms = Array.from({ length: runs }, () => chiSquareHomogeneity(sample(1_000), sample(150)).pValue < 0.05).filter(
      Boolean,
    ).length;
    expect(Math.abs(alarms / runs - 0.05)).toBeLessThan(3 * Math.sqrt((0.05 * 0.95) / runs));
  });

  it.each([
    [[1, 2], [1]],
    [
      [1, -2],
      [1, 1],
    ],
    [
      [1, 2],
      [1, Number.NaN],
    ],
    [
      [0, 0],
      [1, 1],
    ],
  ])('refuses %j against %j', (a, b) => {
    expect(() => chiSquareHomogeneity(a, b)).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { meanOfSums, type RatioSums, ratioOfSums } from '../../../src/statistics/ratio-of-sums';
import { armOf, type GrowthBookStatistic, growthBook } from './growthbook-statistics';
import { relativeError } from './reference-numbers';

function sumsOf(units: readonly (readonly [number, number])[]): RatioSums {
  const add = (value: (unit: readonly [number, number]) => number) => units.reduce((sum, unit) => sum + value(unit), 0);
  return {
    units: units.length,
    numerator: add(([m]) => m),
    denominator: add(([, d]) => d),
    numeratorSquared: add(([m]) => m * m),
    denominatorSquared: add(([, d]) => d * d),
    product: add(([m, d]) => m * d),
  };
}

/** The estimator in two passes over the units, which cannot cancel. */
function twoPass(units: readonly (readonly [number, number])[]): { mean: number; standardError: number } {
  const n = units.length;
  const meanDenominator = units.reduce((sum, [, d]) => sum + d, 0) / n;
  const mean = units.reduce((sum, [m]) => sum + m, 0) / n / meanDenominator;
  const squares = units.reduce((sum, [m, d]) => sum + (m - mean * d) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n) / meanDenominator };
}

describe('estimates from sums', () => {
  const rows = growthBook.statistics.filter(({ statistic }) => statistic.n > 1);
  it.each(rows.map((row) => [row.id, row] as const))('%s: mean and variance as GrowthBook', (_, { statistic, mean, variance }) => {
    const arm = armOf(statistic);
    if (mean !== null) expect(relativeError(arm.mean, mean)).toBeLessThan(1e-14);
    expect(relativeError(arm.standardError ** 2 * statistic.n, variance)).toBeLessThan(1e-12);
  });

  it('agrees with two passes over the units, whatever their sizes', () => {
    const unit = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(fc.array(unit, { minLength: 2, maxLength: 60 }), (units) => {
        const expected = twoPass(units);
        const actual = ratioOfSums(sumsOf(units));
        expect(relativeError(actual?.mean ?? Number.NaN, expected.mean)).toBeLessThan(1e-14);
        expect((actual?.standardError ?? Number.NaN) ** 2).toBeCloseTo(expected.standardError ** 2, 12);
      }),
    );
  });

  it('is the mean of one value a unit when every denominator is 1', () => {
    const sums = { units: 4, numerator: 10, denominator: 4, numeratorSquared: 30, denominatorSquared: 4, product: 10 };
    expect(ratioOfSums(sums)).toEqual(meanOfSums({ units: 4, sum: 10, sumOfSquares: 30 }));
    expect(meanOfSums({ units: 4, sum: 10, sumOfSquares: 30 })?.standardError).toBeCloseTo(Math.sqrt(5 / 3 / 4), 15);
  });

  it('does not depend on the unit of measurement', () => {
    const inMs = meanOfSums({ units: 3, sum: 6_000, sumOfSquares: 14_000_000 });
    const inS = meanOfSums({ units: 3, sum: 6, sumOfSquares: 14 });
    expect(inMs?.standardError).toBeCloseTo(1_000 * (inS?.standardError ?? 0), 9);
  });

  it('keeps the stated number of digits at a large offset, and never a negative variance', () => {
    const value = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 50 }), fc.integer({ min: 0, max: 12 }), (values, power) => {
        const shifted = values.map((x) => [x + 10 ** power, 1] as const);
        const arm = ratioOfSums(sumsOf(shifted));
        const exact = twoPass(values.map((x) => [x, 1] as const));
        const variance = exact.standardError ** 2 * values.length;
        const bound = 16 * values.length * Number.EPSILON * (variance + (10 ** power + 1_000) ** 2);
        expect(arm?.standardError).toBeGreaterThanOrEqual(0);
        expect(Math.abs((arm?.standardError ?? Number.NaN) ** 2 * values.length - variance)).toBeLessThanOrEqual(bound);
      }),
    );
  });

  it('says nothing about fewer than two units, or without a denominator', () => {
    expect(meanOfSums({ units: 0, sum: 0, sumOfSquares: 0 })).toBeNull();
    expect(meanOfSums({ units: 1, sum: 23.7, sumOfSquares: 485.15 })).toBeNull();
    expect(ratioOfSums({ units: 5, numerator: 0, denominator: 0, numeratorSquared: 0, denominatorSquared: 0, product: 0 })).toBeNull();
  });

  it.each([
    { units: 1.5, sum: 1, sumOfSquares: 1 },
    { units: -1, sum: 1, sumOfSquares: 1 },
    { units: 5, sum: Number.NaN, sumOfSquares: 1 },
    { units: 5, sum: 1, sumOfSquares: Number.POSITIVE_INFINITY },
  ])('refuses %j', (sums) => {
    expect(() => meanOfSums(sums)).toThrow(RangeError);
  });

  it('reads a proportion as a mean of zeros and ones', () => {
    const statistic: GrowthBookStatistic = { type: 'proportion', n: 1_000, sum: 100 };
    expect(armOf(statistic).mean).toBe(0.1);
    expect(meanOfSums({ units: 1_000, sum: 100, sumOfSquares: 100 })?.standardError).toBeCloseTo(Math.sqrt(0.09 / 999), 15);
  });
});

import fc from 'fast-check';
import { sampleRatioMismatch } from '../../../src/statistics/sample-ratio-mismatch';
import { referenceNumbers, relativeError } from './reference-numbers';

const { cases } = referenceNumbers<{
  cases: { id: string; units: number[]; weights: number[]; statistic: number; degreesOfFreedom: number; pValue: number }[];
}>('sample-ratio-mismatch');

describe('sampleRatioMismatch', () => {
  it.each(cases.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const test = sampleRatioMismatch(row.units, row.weights);
    expect(relativeError(test.statistic, row.statistic)).toBeLessThan(1e-12);
    expect(test.degreesOfFreedom).toBe(row.degreesOfFreedom);
    expect(relativeError(test.pValue, row.pValue)).toBeLessThan(1e-10);
  });

  it('depends on the proportions of the weights only, and not on the order of the arms', () => {
    const arms = fc.array(fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 20 })), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(arms, (list) => {
        const [units, weights] = [list.map(([n]) => n), list.map(([, w]) => w)];
        const test = sampleRatioMismatch(units, weights);
        const other = sampleRatioMismatch([...units].reverse(), weights.map((w) => w / 7).reverse());
        expect(Math.abs(other.pValue - test.pValue)).toBeLessThan(1e-9);
        expect(test.pValue).toBeGreaterThanOrEqual(0);
        expect(test.pValue).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is certain when an arm of weight 0 has units', () => {
    expect(sampleRatioMismatch([500, 500, 1], [1, 1, 0])).toEqual({ statistic: Infinity, degreesOfFreedom: 1, pValue: 0 });
  });

  it('can say nothing about one arm', () => {
    expect(sampleRatioMismatch([500], [1])).toEqual({ statistic: 0, degreesOfFreedom: 0, pValue: 1 });
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
      [0, 0],
    ],
  ])('refuses %j with the weights %j', (units, weights) => {
    expect(() => sampleRatioMismatch(units, weights)).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { bucketRanges, equalWeights } from '../../../src/assignment/bucket-ranges';
import { growthBookCases } from './growthbook-cases';

describe('bucketRanges', () => {
  it.each(growthBookCases.getBucketRange)('GrowthBook: %s', (_, [count, coverage, weights], ranges) => {
    const actual = bucketRanges(coverage, weights ?? equalWeights(count), count);
    expect(actual).toHaveLength(ranges.length);
    for (const [index, [start, end]] of actual.entries()) {
      expect(start).toBeCloseTo(ranges[index]?.[0] ?? Number.NaN, 8);
      expect(end).toBeCloseTo(ranges[index]?.[1] ?? Number.NaN, 8);
    }
  });

  it('gives ranges that do not overlap and cover just the coverage', () => {
    const positive = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(positive, fc.double({ min: 0, max: 1, noNaN: true }), (parts, coverage) => {
        const sum = parts.reduce((total, part) => total + part, 0);
        const ranges = bucketRanges(
          coverage,
          parts.map((part) => part / sum),
        );
        for (const [index, [start, end]] of ranges.entries()) {
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual((ranges[index + 1]?.[0] ?? 1) + 1e-12);
        }
        expect(ranges.reduce((total, [start, end]) => total + end - start, 0)).toBeCloseTo(coverage, 10);
      }),
    );
  });
});

describe('equalWeights', () => {
  it.each(growthBookCases.getEqualWeights)('of %i', (count, weights) => {
    expect(equalWeights(count).map((weight) => Math.round(weight * 1e8) / 1e8)).toEqual(weights);
  });
});

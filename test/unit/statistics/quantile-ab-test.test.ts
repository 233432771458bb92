import fc from 'fast-check';
import { orderedSample } from '../../../src/statistics/ordered-sample';
import { quantileAbPValue, quantileAbTest } from '../../../src/statistics/quantile-ab-test';
import { referenceNumbers, relativeError } from './reference-numbers';

type Values = readonly number[] | { readonly range: readonly [number, number] };

const { quantileTests } = referenceNumbers<{
  quantileTests: { quantile: number; alpha: number; tuningUnits: number; a: Values; b: Values; pValue: number }[];
}>('confidence-sequences');

const sampleOf = (values: Values) =>
  orderedSample('range' in values ? Array.from({ length: values.range[1] - values.range[0] + 1 }, (_, i) => values.range[0] + i) : values);

describe('quantileAbTest', () => {
  it.each(quantileTests.map((row) => [`q = ${row.quantile}, p = ${row.pValue}`, row] as const))('%s', (_, { a, b, pValue, ...options }) => {
    expect(relativeError(quantileAbTest(sampleOf(a), sampleOf(b), options).pValue, pValue)).toBeLessThan(1e-8);
  });

  const options = { quantile: 0.7, alpha: 0.05, tuningUnits: 60 };
  const someValues = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 20, maxLength: 120 });

  it('gives the same p alone', () => {
    for (const { a, b, pValue, ...row } of quantileTests) {
      expect(quantileAbPValue(sampleOf(a), sampleOf(b), row)).toBe(quantileAbTest(sampleOf(a), sampleOf(b), row).pValue);
    }
  });

  it('has an interval of the differences that it does not call', () => {
    fc.assert(
      fc.property(someValues, someValues, fc.integer({ min: -40, max: 40 }), (a, b, shift) => {
        const { lower, upper } = quantileAbTest(orderedSample(a), orderedSample(b), options);
        const shifted = quantileAbTest(orderedSample(a.map((value) => value + shift)), orderedSample(b), options);
        expect(lower <= shift && shift <= upper).toBe(shifted.pValue >= options.alpha);
      }),
      { numRuns: 60 },
    );
  });

  it('is turned over when the arms are swapped, and moves with the treatment', () => {
    fc.assert(
      fc.property(someValues, someValues, (a, b) => {
        const forth = quantileAbTest(orderedSample(a), orderedSample(b), options);
        const back = quantileAbTest(orderedSample(b), orderedSample(a), options);
        expect([0 - back.upper, 0 - back.lower]).toEqual([forth.lower, forth.upper]);
        expect(back.pValue).toBeCloseTo(forth.pValue, 12);
        const moved = quantileAbTest(orderedSample(a), orderedSample(b.map((value) => value + 8)), options);
        expect([moved.lower, moved.upper]).toEqual([forth.lower + 8, forth.upper + 8]);
      }),
      { numRuns: 60 },
    );
  });
});

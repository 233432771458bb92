import fc from 'fast-check';
import { binCount, binIndex, type CategoricalReference, type NumericReference } from '../../../src/drift/reference-profile';

const numeric: NumericReference = {
  kind: 'numeric',
  name: 'x',
  edges: [1, 2, 5],
  counts: [1, 1, 1, 1],
  missing: 0,
  mean: 0,
  standardDeviation: 1,
};
const categorical: CategoricalReference = { kind: 'categorical', name: 'c', categories: ['no', 'yes'], counts: [1, 1] };

describe('binIndex', () => {
  it.each([
    [-9, 0],
    [0.999, 0],
    [1, 1],
    [2, 2],
    [4.9, 2],
    [5, 3],
    [1e300, 3],
    [null, 4],
    [Number.NaN, 4],
    [Number.POSITIVE_INFINITY, 4],
    ['2', 4],
  ])('of the number %p is %i', (value, bin) => expect(binIndex(numeric, value)).toBe(bin));

  it.each([
    ['no', 0],
    ['yes', 1],
    ['perhaps', 2],
    [null, 3],
    [undefined, 3],
  ])('of the category %p is %i', (value, bin) => expect(binIndex(categorical, value)).toBe(bin));

  it('always fits the counters', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.string(), fc.constant(null)), (value) =>
        [numeric, categorical].every((feature) => binIndex(feature, value) >= 0 && binIndex(feature, value) < binCount(feature)),
      ),
    );
  });
});

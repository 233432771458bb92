import fc from 'fast-check';
import { largestFirst } from '../../../src/graphql/prediction/largest-first';

describe('largestFirst', () => {
  test('is what sorting all would give, equal ones in their order', () => {
    const value = fc.oneof(fc.double({ noNaN: true, min: 0, max: 1 }), fc.constantFrom(0, 0.25, 0.5));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200 }), fc.oneof(fc.nat(60), fc.constant(Number.POSITIVE_INFINITY)), (values, count) => {
        const sorted = values.map((one, index) => ({ one, index })).sort((a, b) => b.one - a.one);
        expect(largestFirst(values, count)).toEqual(sorted.slice(0, count).map(({ index }) => index));
      }),
    );
  });
});

import fc from 'fast-check';
import { orderedCounts, orderedSample, valuesUpTo } from '../../../src/statistics/ordered-sample';

const someValues = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 });

describe('orderedSample', () => {
  it('counts how many units are at or below each value', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const sample = orderedSample(values);
        expect(sample.units).toBe(values.length);
        sample.values.forEach((value, at) => {
          expect(sample.unitsUpTo[at]).toBe(values.filter((one) => one <= value).length);
        });
        expect([...sample.values]).toEqual([...new Set(values)].sort((one, other) => one - other));
      }),
    );
  });

  it('is the same from counts, with empty bins or without', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const bins = Array.from({ length: 41 }, (_, bin) => ({ value: bin - 20, units: values.filter((one) => one === bin - 20).length }));
        expect(orderedCounts(bins)).toEqual(orderedSample(values));
      }),
    );
    expect(
      orderedCounts([
        { value: 1, units: 2 },
        { value: 1, units: 3 },
      ]),
    ).toEqual(orderedSample([1, 1, 1, 1, 1]));
  });

  it('tells how many distinct values are at or below a number', () => {
    const sample = orderedSample([5, 1, 5, 9]);
    expect([0, 1, 4, 5, 8, 9, 10].map((x) => valuesUpTo(sample, x))).toEqual([0, 1, 1, 2, 2, 3, 3]);
  });

  it.each([[[]], [[1, Number.NaN]], [[Number.POSITIVE_INFINITY]]])('refuses %j', (values: number[]) => {
    expect(() => orderedSample(values)).toThrow(RangeError);
  });

  it('refuses counts that are none, and values that do not rise', () => {
    expect(() => orderedCounts([{ value: 1, units: -1 }])).toThrow(RangeError);
    expect(() => orderedCounts([{ value: 1, units: 0 }])).toThrow(RangeError);
    expect(() =>
      orderedCounts([
        { value: 2, units: 1 },
        { value: 1, units: 1 },
      ]),
    ).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { larger, largestDifference, noDifference } from '../../../bench/results/largest-difference';

describe('the largest difference of two readings', () => {
  it('is none of a thing and itself', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(largestDifference(value, structuredClone(value)).share).toBe(0)));
  });

  it('is the same from both sides', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => expect(largestDifference(a, b).share).toBe(largestDifference(b, a).share)),
    );
  });

  it.each<[unknown, unknown, number, string]>([
    [{ units: 3, mean: 1.5 }, { units: 3, mean: 1.2 }, 0.2, '.mean'],
    [{ units: 3 }, { units: 4 }, 1, '.units'],
    [[{ a: 1.5 }, { a: 1e-9 }], [{ a: 1.5 }, { a: 2e-9 }], 0.5, '.1.a'],
    [{ lift: null }, { lift: 0.5 }, 1, '.lift'],
    [{ lift: 0.5 }, {}, 1, '.lift'],
    [{ mean: Number.NaN }, { mean: 0.5 }, 1, '.mean'],
    [{ upper: Number.POSITIVE_INFINITY }, { upper: Number.POSITIVE_INFINITY }, 0, ''],
    ['CROSSED', 'HOLDING', 1, ''],
  ])('of %j and %j is %d', (one, other, share, path) => {
    expect(largestDifference(one, other)).toEqual({ share: expect.closeTo(share, 12), path });
  });

  it('is the first of two that are as large', () => {
    expect(larger(noDifference, { share: 0.1, path: 'b' })).toEqual({ share: 0.1, path: 'b' });
    expect(larger({ share: 0.1, path: 'a' }, { share: 0.1, path: 'b' })).toEqual({ share: 0.1, path: 'a' });
  });
});

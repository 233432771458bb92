import fc from 'fast-check';
import { type Axis, type Interpolation, longestWindow, resamplingWeights, weightBytes } from '../../../src/tensor/resampling-weights';

const one = 2 ** 22;
const half = 2 ** 21;

const anAxis = fc
  .record({ sourceSize: fc.integer({ min: 1, max: 3_000 }), targetSize: fc.integer({ min: 1, max: 500 }) })
  .map(({ sourceSize, targetSize }): Axis => ({ sourceSize, targetSize, from: 0, count: targetSize }));
const anInterpolation = fc.constantFrom<Interpolation>('bilinear', 'bicubic');

/** The weights of each position, put together again. */
function unpacked({ pairs, packed }: ReturnType<typeof resamplingWeights>): number[][] {
  let at = 0;
  return Array.from(pairs, (count) => {
    const weights: number[] = [];
    for (let pair = 0; pair < count; pair++, at += 4) {
      for (const tap of [at, at + 1]) weights.push((packed[tap] as number) * 2 ** 11 + (packed[tap + 2] as number));
    }
    return weights;
  });
}

function sums(axis: Axis, interpolation: Interpolation) {
  return unpacked(resamplingWeights(axis, interpolation, 1)).map((weights) => {
    let positive = 0;
    let negative = 0;
    for (const weight of weights) {
      if (weight > 0) positive += weight;
      else negative += weight;
    }
    return { positive, negative, taps: weights.length };
  });
}

describe('resamplingWeights', () => {
  it('sum up to one, but for their roundings', () => {
    fc.assert(
      fc.property(anAxis, anInterpolation, (axis, interpolation) => {
        for (const { positive, negative, taps } of sums(axis, interpolation)) {
          if (Math.abs(positive + negative - one) > taps / 2) throw new Error(`they sum up to ${positive + negative}`);
        }
      }),
    );
  });

  it('keep every sum within 32 bits: white under all positive weights, and under all negative ones', () => {
    fc.assert(
      fc.property(anAxis, anInterpolation, (axis, interpolation) => {
        const all = sums(axis, interpolation);
        expect(Math.max(...all.map(({ positive }) => positive)) * 255 + half).toBeLessThan(2 ** 31);
        expect(Math.min(...all.map(({ negative }) => negative)) * 255).toBeGreaterThan(-(2 ** 31));
      }),
    );
  });

  it('stay within the bounds that memory is taken for', () => {
    fc.assert(
      fc.property(anAxis, anInterpolation, fc.constantFrom<1 | 2>(1, 2), (axis, interpolation, pairMultiple) => {
        const { first, pairs, packed } = resamplingWeights(axis, interpolation, pairMultiple);
        expect(packed.byteLength).toBeLessThanOrEqual(weightBytes(axis, interpolation));
        expect(packed).toHaveLength(pairs.reduce((sum, count) => sum + count, 0) * 4);
        expect(pairs.every((count) => count % pairMultiple === 0)).toBe(true);
        expect(Math.max(...pairs) * 2).toBeLessThan(longestWindow(axis, interpolation) + 2 * pairMultiple);
        expect(Math.max(...pairs.map((count, i) => (first[i] as number) + 2 * count))).toBeLessThan(axis.sourceSize + 2 * pairMultiple);
      }),
    );
  });

  it('of a part are those of the whole', () => {
    const axis: Axis = { sourceSize: 640, targetSize: 224, from: 0, count: 224 };
    const whole = unpacked(resamplingWeights(axis, 'bicubic', 1));
    expect(unpacked(resamplingWeights({ ...axis, from: 30, count: 7 }, 'bicubic', 1))).toEqual(whole.slice(30, 37));
  });
});

import type { Axis } from '../../../src/tensor/resampling-weights';
import { resamplingWeights } from '../../../src/tensor/resampling-weights';
import { WeightCache } from '../../../src/tensor/weight-cache';

const anAxis = (sourceSize: number): Axis => ({ sourceSize, targetSize: 20, from: 3, count: 11 });

describe('WeightCache', () => {
  it('gives the weights of each axis, interpolation and multiple, however often and in whatever order they are asked for', () => {
    const cache = new WeightCache();
    const asked = [anAxis(640), anAxis(480), { ...anAxis(640), from: 0 }, { ...anAxis(640), targetSize: 30 }, { ...anAxis(640), count: 5 }];
    for (const axis of [...asked, ...asked]) {
      for (const interpolation of ['bilinear', 'bicubic'] as const) {
        for (const multiple of [1, 2] as const) {
          expect(cache.get(axis, interpolation, multiple)).toEqual(resamplingWeights(axis, interpolation, multiple));
        }
      }
    }
  });

  it('computes them once', () => {
    const cache = new WeightCache();
    expect(cache.get(anAxis(640), 'bilinear', 1)).toBe(cache.get(anAxis(640), 'bilinear', 1));
  });

  it('forgets the oldest of many', () => {
    const cache = new WeightCache();
    const first = cache.get(anAxis(1), 'bilinear', 1);
    const last = Array.from({ length: 64 }, (_, i) => cache.get(anAxis(i + 2), 'bilinear', 1)).at(-1);
    expect(cache.get(anAxis(65), 'bilinear', 1)).toBe(last);
    expect(cache.get(anAxis(1), 'bilinear', 1)).not.toBe(first);
  });

  it('keeps none that are large', () => {
    const cache = new WeightCache();
    const axis: Axis = { sourceSize: 50_000, targetSize: 20, from: 0, count: 20 };
    expect(cache.get(axis, 'bilinear', 1)).not.toBe(cache.get(axis, 'bilinear', 1));
  });
});

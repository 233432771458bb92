/**
 * The weights of Pillow's resampling (Resample.c, 8 bits per channel) in 22-bit fixed point, as the kernels take them.
 * This is what torchvision's `Resize` calls for a PIL image.
 */

export type Interpolation = 'bilinear' | 'bicubic';

interface Filter {
  readonly support: number;
  weight(x: number): number;
}

const filters: Readonly<Record<Interpolation, Filter>> = {
  bilinear: {
    support: 1,
    weight: (x) => Math.max(0, 1 - Math.abs(x)),
  },
  // Keys' cubic with a = -1/2, as Pillow has it.
  bicubic: {
    support: 2,
    weight: (x) => {
      const distance = Math.abs(x);
      if (distance < 1) return (1.5 * distance - 2.5) * distance * distance + 1;
      if (distance < 2) return -0.5 * (((distance - 5) * distance + 8) * distance - 4);
      return 0;
    },
  },
};

const fractionBits = 22;
/** A weight is coarse * 2^11 + fine with 0 <= fine < 2^11. Weights lie between -2^22 and 2^23, so both halves fit 16 bits. */
const fineBits = 11;

/** One axis of a resize. */
export interface Axis {
  readonly sourceSize: number;
  readonly targetSize: number;
  /** Only these positions of the target are computed. */
  readonly from: number;
  readonly count: number;
}

export interface ResamplingWeights {
  /** First source position of each computed position. */
  readonly first: Int32Array;
  /** How many pairs of taps each has; the last pairs may reach beyond the source with a weight of 0. */
  readonly pairs: Int32Array;
  /** Of each pair coarse, coarse, fine, fine; the pairs of all positions follow each other. */
  readonly packed: Int16Array;
}

/** Taps of the longest window: an upper bound. */
export function longestWindow({ sourceSize, targetSize }: Axis, interpolation: Interpolation): number {
  return Math.ceil(filters[interpolation].support * Math.max(sourceSize / targetSize, 1)) * 2 + 1;
}

/** What the packed weights take at most. */
export function weightBytes(axis: Axis, interpolation: Interpolation): number {
  return axis.count * (longestWindow(axis, interpolation) + 3) * 2 * Int16Array.BYTES_PER_ELEMENT;
}

/** @param pairMultiple what the number of pairs of each position is rounded up to */
export function resamplingWeights(axis: Axis, interpolation: Interpolation, pairMultiple: 1 | 2): ResamplingWeights {
  const { sourceSize, targetSize, from, count } = axis;
  const filter = filters[interpolation];
  const scale = sourceSize / targetSize;
  const filterScale = Math.max(scale, 1);
  const support = filter.support * filterScale;
  const longest = longestWindow(axis, interpolation);
  const packed = new Int16Array(weightBytes(axis, interpolation) / Int16Array.BYTES_PER_ELEMENT);
  const first = new Int32Array(count);
  const pairs = new Int32Array(count);
  const raw = new Float64Array(longest);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const centre = (from + i + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(centre - support + 0.5));
    const taps = Math.min(sourceSize, Math.trunc(centre + support + 0.5)) - begin;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const weight = filter.weight((tap + begin - centre + 0.5) / filterScale);
      raw[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < taps; tap++) pack(fixedPoint((raw[tap] as number) / sum), packed, at + (tap >> 1) * 4 + (tap & 1));
    first[i] = begin;
    pairs[i] = roundUp((taps + 1) >> 1, pairMultiple);
    at += (pairs[i] as number) * 4;
  }
  // A copy: the bound is generous, and the weights may be kept.
  return { first, pairs, packed: packed.slice(0, at) };
}

function fixedPoint(weight: number): number {
  const scaled = weight * (1 << fractionBits);
  return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

function pack(weight: number, packed: Int16Array, at: number): void {
  packed[at] = weight >> fineBits;
  packed[at + 2] = weight & ((1 << fineBits) - 1);
}

/** The next multiple of `step` that is not less. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

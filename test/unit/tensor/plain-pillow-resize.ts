import type { ByteImage } from '../../../src/tensor/pillow-resize';
import type { Interpolation } from '../../../src/tensor/resampling-weights';

/**
 * Pillow's resampling of 8-bit images (Resample.c) as one would write it down: separable, horizontal pass first, each pass rounded to 8 bits,
 * with weights in 22-bit fixed point. Shares no code with what it is the oracle of.
 */

// Jest looks globals up through a sandbox, slowly: once is enough.
const { abs, ceil, imul, max, min, trunc } = Math;

interface Kernel {
  readonly support: number;
  weight(x: number): number;
}

const kernels: Readonly<Record<Interpolation, Kernel>> = {
  bilinear: {
    support: 1,
    weight: (x) => max(0, 1 - abs(x)),
  },
  // Keys' cubic with a = -1/2, as Pillow has it.
  bicubic: {
    support: 2,
    weight: (x) => {
      const distance = abs(x);
      if (distance < 1) return (1.5 * distance - 2.5) * distance * distance + 1;
      if (distance < 2) return -0.5 * (((distance - 5) * distance + 8) * distance - 4);
      return 0;
    },
  },
};

const fractionBits = 22;
const half = 1 << (fractionBits - 1);

interface Weights {
  /** First source position of each output position. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `stride` fixed-point weights for each output position. */
  readonly fixed: Int32Array;
  readonly stride: number;
}

export function plainPillowResize(image: ByteImage, width: number, height: number, interpolation: Interpolation): ByteImage {
  const kernel = kernels[interpolation];
  const narrowed = width === image.width ? image : resizeRows(image, width, kernel);
  return height === image.height ? narrowed : resizeColumns(narrowed, height, kernel);
}

function weightsFor(sourceSize: number, targetSize: number, kernel: Kernel): Weights {
  const scale = sourceSize / targetSize;
  const filterScale = max(scale, 1);
  const support = kernel.support * filterScale;
  const stride = ceil(support) * 2 + 1;
  const weights = {
    first: new Int32Array(targetSize),
    count: new Int32Array(targetSize),
    fixed: new Int32Array(targetSize * stride),
    stride,
  };
  const raw = new Float64Array(stride);
  for (let target = 0; target < targetSize; target++) {
    const centre = (target + 0.5) * scale;
    const first = max(0, trunc(centre - support + 0.5));
    const count = min(sourceSize, trunc(centre + support + 0.5)) - first;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      raw[i] = kernel.weight((i + first - centre + 0.5) / filterScale);
      sum += raw[i] as number;
    }
    for (let i = 0; i < count; i++) {
      const weight = ((raw[i] as number) / sum) * (1 << fractionBits);
      weights.fixed[target * stride + i] = trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    weights.first[target] = first;
    weights.count[target] = count;
  }
  return weights;
}

function resizeRows(image: ByteImage, width: number, kernel: Kernel): ByteImage {
  const { data, height, channels } = image;
  const { first, count, fixed, stride } = weightsFor(image.width, width, kernel);
  const out = new Uint8Array(width * height * channels);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const row = y * image.width * channels;
    for (let x = 0; x < width; x++) {
      const source = row + (first[x] as number) * channels;
      const weight = x * stride;
      for (let channel = 0; channel < channels; channel++) {
        let sum = half;
        for (let i = 0, from = source + channel; i < (count[x] as number); i++, from += channels) {
          sum += imul(data[from] as number, fixed[weight + i] as number);
        }
        out[at++] = toByte(sum);
      }
    }
  }
  return { data: out, width, height, channels };
}

function resizeColumns(image: ByteImage, height: number, kernel: Kernel): ByteImage {
  const { data, width, channels } = image;
  const { first, count, fixed, stride } = weightsFor(image.height, height, kernel);
  const rowLength = width * channels;
  const out = new Uint8Array(height * rowLength);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let i = 0; i < (count[y] as number); i++) {
      const weight = fixed[y * stride + i] as number;
      const from = ((first[y] as number) + i) * rowLength;
      for (let x = 0; x < rowLength; x++) sums[x] = (sums[x] as number) + imul(data[from + x] as number, weight);
    }
    for (let x = 0; x < rowLength; x++) out[y * rowLength + x] = toByte(sums[x] as number);
  }
  return { data: out, width, height, channels };
}

function toByte(sum: number): number {
  const value = sum >> fractionBits;
  return min(255, max(0, value));
}

import type { ImageKernels } from './image-kernels';
import type { ByteImage } from './pillow-resize';

export const imageFeatureNames = ['brightness', 'contrast', 'sharpness', 'red', 'green', 'blue'] as const;
export type ImageFeatures = Readonly<Record<(typeof imageFeatureNames)[number], number>>;

/** Luma is summed in thousandths of a level, so that all sums are whole numbers. */
const white = 255_000;

/**
 * Scalars that tell when a camera, a crop or a format changes; each on a scale where white is 1.
 * brightness: mean luma (0.299 R + 0.587 G + 0.114 B); contrast: its standard deviation; sharpness: variance of its 4-neighbour
 * Laplacian over the pixels that have four neighbours (0 when there are none); red, green, blue: means of the channels.
 */
export function imageFeatures(kernels: ImageKernels, image: ByteImage): ImageFeatures {
  const { width, height } = image;
  const pixels = width * height;
  const { room, at } = kernels.allot({ source: pixels * 3, luma: pixels * 4, lumaSums: 64, laplacianSums: 32 });
  placeRgb(image, room.bytes, at.source);
  room.pixels.sumLuma(at.source, at.source + pixels * 3, at.luma, at.lumaSums);
  const red = sumOfFour(room.buffer, at.lumaSums);
  const green = sumOfFour(room.buffer, at.lumaSums + 16);
  const blue = sumOfFour(room.buffer, at.lumaSums + 32);
  const luma = 299 * red + 587 * green + 114 * blue;
  let sharpness = 0;
  if (width >= 3 && height >= 3) {
    room.pixels.sumLaplacian(at.luma, width, height, at.laplacianSums);
    const inner = (width - 2) * (height - 2);
    sharpness = variance(inner, sumOfTwo(room.buffer, at.laplacianSums), sumOfTwo(room.buffer, at.laplacianSums + 16));
  }
  return {
    brightness: luma / (pixels * white),
    contrast: Math.sqrt(variance(pixels, BigInt(luma), sumOfTwo(room.buffer, at.lumaSums + 48))),
    sharpness,
    red: red / (pixels * 255),
    green: green / (pixels * 255),
    blue: blue / (pixels * 255),
  };
}

/** One channel becomes three: grey has the same luma as R = G = B. Black follows, of which sums take no notice. */
function placeRgb({ data, channels }: ByteImage, bytes: Uint8Array, at: number): void {
  if (channels === 3) {
    bytes.set(data, at);
    bytes.fill(0, at + data.length, at + data.length + 16);
    return;
  }
  for (let i = 0, to = at; i < data.length; i++, to += 3) {
    const level = data[i] as number;
    bytes[to] = level;
    bytes[to + 1] = level;
    bytes[to + 2] = level;
  }
  bytes.fill(0, at + data.length * 3, at + data.length * 3 + 16);
}

function sumOfFour(buffer: ArrayBuffer, at: number): number {
  return new Uint32Array(buffer, at, 4).reduce((sum, lane) => sum + lane, 0);
}

function sumOfTwo(buffer: ArrayBuffer, at: number): bigint {
  return new BigInt64Array(buffer, at, 2).reduce((sum, lane) => sum + lane, 0n);
}

/** Whole numbers to the end: the difference of two large numbers loses nothing. @returns where white is 1 */
function variance(count: number, sum: bigint, sumOfSquares: bigint): number {
  return Number(BigInt(count) * sumOfSquares - sum * sum) / (count * white) ** 2;
}

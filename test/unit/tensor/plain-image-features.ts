import type { ImageFeatures } from '../../../src/tensor/image-features';
import type { ByteImage } from '../../../src/tensor/pillow-resize';

/** The features by their definition, in double precision: what the kernels' whole numbers are held against. */
export function plainImageFeatures(image: ByteImage): ImageFeatures {
  const luma = lumaOf(image);
  const { mean, variance } = meanAndVariance(luma);
  const [red, green, blue] = channelMeans(image);
  return {
    brightness: mean,
    contrast: Math.sqrt(variance),
    sharpness: laplacianVariance(luma, image.width, image.height),
    red,
    green,
    blue,
  };
}

function lumaOf({ data, channels, width, height }: ByteImage): Float64Array {
  const luma = new Float64Array(width * height);
  for (let i = 0, at = 0; i < luma.length; i++, at += channels) {
    const level =
      channels === 1
        ? (data[at] as number)
        : 0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);
    luma[i] = level / 255;
  }
  return luma;
}

function channelMeans({ data, channels }: ByteImage): readonly [number, number, number] {
  const sums = [0, 0, 0];
  for (let i = 0; i < data.length; i++) sums[i % channels] = (sums[i % channels] as number) + (data[i] as number);
  const pixels = (data.length / channels) * 255;
  const [red = 0, green = 0, blue = 0] = channels === 1 ? [sums[0], sums[0], sums[0]] : sums;
  return [red / pixels, green / pixels, blue / pixels];
}

function laplacianVariance(luma: Float64Array, width: number, height: number): number {
  if (width < 3 || height < 3) return 0;
  const values = new Float64Array((width - 2) * (height - 2));
  let at = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      const around = (luma[i - 1] as number) + (luma[i + 1] as number) + (luma[i - width] as number) + (luma[i + width] as number);
      values[at++] = around - 4 * (luma[i] as number);
    }
  }
  return meanAndVariance(values).variance;
}

function meanAndVariance(values: Float64Array): { readonly mean: number; readonly variance: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, variance: squares / values.length };
}

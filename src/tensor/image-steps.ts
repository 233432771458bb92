import type { ImageKernels } from './image-kernels';
import { type ByteImage, pillowResize, type Region } from './pillow-resize';
import type { Interpolation } from './resampling-weights';

/** Pictures pass through the kernels' memory in pieces that stay in the second cache, as they do when they are resized. */
const pixelsAtOnce = 16_384;

type Size = readonly [height: number, width: number];

/**
 * torchvision's `Resize`: a number is the length of the short side, the long one follows (truncated); a pair is height, width.
 * With `crop`, torchvision's `CenterCrop` follows, and nothing outside of it is computed.
 */
export function resize(
  kernels: ImageKernels,
  image: ByteImage,
  size: number | Size,
  interpolation: Interpolation,
  crop: Size | null = null,
): ByteImage {
  const sides = typeof size === 'number' ? sidesFor(image, size) : size;
  const [height, width] = sides;
  // Resampling to the same size changes nothing.
  if (height === image.height && width === image.width) return crop ? centerCrop(image, crop) : image;
  if (!crop) return pillowResize(kernels, image, sides, interpolation);
  const window = cropWindow({ width, height }, crop);
  const left = Math.max(0, window.left);
  const top = Math.max(0, window.top);
  const region = { left, top, width: Math.min(width, window.width), height: Math.min(height, window.height) };
  const resized = pillowResize(kernels, image, sides, interpolation, region);
  return cut(resized, { ...window, left: window.left - left, top: window.top - top });
}

function sidesFor({ width, height }: ByteImage, shortSide: number): Size {
  if (width <= height) return [Math.trunc((shortSide * height) / width), shortSide];
  return [shortSide, Math.trunc((shortSide * width) / height)];
}

/** torchvision's `CenterCrop` of height, width; an image that is too small is padded with black, as there. */
export function centerCrop(image: ByteImage, size: Size): ByteImage {
  return cut(image, cropWindow(image, size));
}

function cropWindow(image: { readonly width: number; readonly height: number }, [height, width]: Size): Region {
  return { left: cropOffset(image.width, width), top: cropOffset(image.height, height), width, height };
}

/** Where the crop begins; negative: how much is padded before. Python rounds halves to even. */
function cropOffset(side: number, wanted: number): number {
  if (wanted > side) return -Math.floor((wanted - side) / 2);
  const middle = (side - wanted) / 2;
  const below = Math.floor(middle);
  if (middle === below) return below;
  return below % 2 === 0 ? below : below + 1;
}

/** What lies outside of the image is black. */
function cut(image: ByteImage, { left, top, width, height }: Region): ByteImage {
  if (left === 0 && top === 0 && width === image.width && height === image.height) return image;
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  const fromX = Math.max(0, left);
  const toX = Math.min(image.width, left + width);
  for (let y = Math.max(0, top); y < Math.min(image.height, top + height); y++) {
    const row = image.data.subarray((y * image.width + fromX) * channels, (y * image.width + toX) * channels);
    data.set(row, ((y - top) * width + fromX - left) * channels);
  }
  return { data, width, height, channels };
}

/** Pillow's `convert('L')`: ITU-R 601 luma in 16-bit fixed point, one channel. */
export function grayscale(kernels: ImageKernels, image: ByteImage): ByteImage {
  if (image.channels === 1) return image;
  const { data, width, height } = image;
  const out = new Uint8Array(width * height);
  const { room, at } = kernels.allot({ source: pixelsAtOnce * 3, grey: pixelsAtOnce });
  for (let done = 0; done < out.length; done += pixelsAtOnce) {
    const pixels = Math.min(pixelsAtOnce, out.length - done);
    room.bytes.set(data.subarray(done * 3, (done + pixels) * 3), at.source);
    room.pixels.grey(at.source, at.source + pixels * 3, at.grey);
    out.set(room.bytes.subarray(at.grey, at.grey + pixels), done);
  }
  return { data: out, width, height, channels: 1 };
}

export interface PixelScale {
  /** True: 0..255 becomes 0..1 (ToTensor); false: the levels stay (PILToTensor). */
  readonly toUnit: boolean;
  /** One a channel, or none: no normalisation. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** For each channel, the float32 that stands for each of the 256 levels: PyTorch's own roundings, computed once instead of per pixel. */
export function levelTables(scale: PixelScale, channels: number): readonly Float32Array[] {
  return Array.from({ length: channels }, (_, channel) => {
    const mean = Math.fround(scale.mean[channel] ?? 0);
    const std = Math.fround(scale.std[channel] ?? 1);
    return Float32Array.from({ length: 256 }, (_, level) => {
      const value = scale.toUnit ? Math.fround(level / 255) : level;
      return scale.mean.length === 0 ? value : Math.fround(Math.fround(value - mean) / std);
    });
  });
}

export interface TensorPlacement {
  readonly layout: 'NCHW' | 'NHWC';
  readonly channelOrder: 'RGB' | 'BGR';
}

/** Writes the image into `target` from `offset` on, level by level through the tables (one a channel, in RGB order). */
export function writeTensor(
  kernels: ImageKernels,
  image: ByteImage,
  tables: readonly Float32Array[],
  { layout, channelOrder }: TensorPlacement,
  target: Float32Array | Uint8Array,
  offset: number,
): void {
  const { data, channels } = image;
  const pixels = image.width * image.height;
  const { room, at } = kernels.allot({ tables: channels * 1024, source: pixelsAtOnce * channels, tensor: pixelsAtOnce * channels * 4 });
  for (let channel = 0; channel < channels; channel++) {
    new Float32Array(room.buffer, at.tables + channel * 1024, 256).set(tables[channel] as Float32Array);
  }
  for (let done = 0; done < pixels; done += pixelsAtOnce) {
    const count = Math.min(pixelsAtOnce, pixels - done);
    const [pixelStride, channelStride] = layout === 'NCHW' ? [1, count] : [channels, 1];
    room.bytes.set(data.subarray(done * channels, (done + count) * channels), at.source);
    for (let channel = 0; channel < channels; channel++) {
      const position = channelOrder === 'BGR' ? channels - 1 - channel : channel;
      const to = at.tensor + position * channelStride * 4;
      const end = at.source + count * channels;
      room.pixels.lookUp(at.source + channel, end, channels, at.tables + channel * 1024, to, pixelStride * 4);
    }
    // Into a byte tensor too, which takes the floats' whole part.
    const values = new Float32Array(room.buffer, at.tensor, count * channels);
    if (layout === 'NHWC') target.set(values, offset + done * channels);
    else
      for (let plane = 0; plane < channels; plane++)
        target.set(values.subarray(plane * count, (plane + 1) * count), offset + plane * pixels + done);
  }
}

import type { Allotment, ImageKernels } from './image-kernels';
import { type Axis, type Interpolation, longestWindow, type ResamplingWeights, roundUp, weightBytes } from './resampling-weights';

/** 8-bit pixels, row by row, `channels` interleaved values a pixel. */
export interface ByteImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Of a resized picture, the rectangle that is computed. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Source rows are copied into the kernels' memory this many bytes at a time: they stay in the second cache. */
const stripBytes = 65_536;
/** Rows that the horizontal pass makes before the vertical one takes them. */
const bandBytes = 2 * 1024 * 1024;
/** The horizontal pass makes four rows at once. */
const rowsAtOnce = 4;

/**
 * Pillow's resampling of 8-bit images, bit for bit: separable, horizontal pass first, each pass rounded to 8 bits. Of the picture resized to
 * `width` and `height` only `region` is computed, from the source rows that it needs.
 * @throws RangeError when a side is not a positive whole number, or the picture is absurdly long and thin.
 */
export function pillowResize(
  kernels: ImageKernels,
  image: ByteImage,
  [height, width]: readonly [height: number, width: number],
  interpolation: Interpolation,
  region: Region = { left: 0, top: 0, width, height },
): ByteImage {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new RangeError(`the size must be positive whole numbers, not ${width}x${height}`);
  }
  const across: Axis = { sourceSize: image.width, targetSize: width, from: region.left, count: region.width };
  const down: Axis = { sourceSize: image.height, targetSize: height, from: region.top, count: region.height };
  const data = new Resampling(kernels, image, across, down, interpolation).run();
  return { data, width: region.width, height: region.height, channels: image.channels };
}

/**
 * One picture on its way through the kernels' memory: strips of source rows become a band of rows of the new width, and a band becomes rows
 * of the new height. Ordinary pictures need one band; rows that two bands share are made twice.
 */
class Resampling {
  readonly #image: ByteImage;
  readonly #columns: ResamplingWeights;
  readonly #rows: ResamplingWeights;
  readonly #rowBytes: number;
  readonly #stripRows: number;
  readonly #outBytes: number;
  readonly #bandStride: number;
  readonly #bandRows: number;
  readonly #memory: Allotment<'spans' | 'columnWeights' | 'rowWeights' | 'strip' | 'band' | 'out'>;

  constructor(kernels: ImageKernels, image: ByteImage, across: Axis, down: Axis, interpolation: Interpolation) {
    this.#image = image;
    this.#rowBytes = image.width * image.channels;
    this.#stripRows = Math.max(rowsAtOnce, roundUp(Math.floor(stripBytes / this.#rowBytes), rowsAtOnce));
    this.#outBytes = across.count * image.channels;
    // One byte more than the row: the horizontal pass writes one beyond each pixel.
    this.#bandStride = roundUp(this.#outBytes + 1, 16);
    this.#bandRows = Math.min(image.height, Math.max(longestWindow(down, interpolation) + 1, Math.floor(bandBytes / this.#bandStride)));
    // Before the weights are computed: what is absurd is refused here.
    this.#memory = kernels.allot({
      spans: across.count * 8,
      columnWeights: weightBytes(across, interpolation),
      rowWeights: weightBytes(down, interpolation),
      strip: this.#stripRows * this.#rowBytes,
      band: (this.#bandRows + rowsAtOnce) * this.#bandStride,
      out: this.#outBytes * down.count,
    });
    this.#columns = kernels.weights.get(across, interpolation, image.channels === 3 ? 1 : 2);
    this.#rows = kernels.weights.get(down, interpolation, 1);
  }

  run(): Uint8Array {
    this.#placeWeights();
    const { room, at } = this.#memory;
    const { first, pairs } = this.#rows;
    let weights = at.rowWeights;
    let target = at.out;
    for (let y = 0; y < first.length; ) {
      const start = first[y] as number;
      const until = this.#bandUntil(y);
      this.#fillBand(start, this.#endOf(until - 1));
      for (; y < until; y++) {
        const source = at.band + ((first[y] as number) - start) * this.#bandStride;
        room.resampling.vertical(source, this.#bandStride, target, target + this.#outBytes, pairs[y] as number, weights);
        weights += (pairs[y] as number) * 8;
        target += this.#outBytes;
      }
    }
    return room.bytes.slice(at.out, target);
  }

  #placeWeights(): void {
    const { room, at } = this.#memory;
    const { first, pairs, packed } = this.#columns;
    const spans = new Int32Array(room.buffer, at.spans, first.length * 2);
    for (let i = 0; i < first.length; i++) {
      spans[2 * i] = (first[i] as number) * this.#image.channels;
      spans[2 * i + 1] = pairs[i] as number;
    }
    new Int16Array(room.buffer, at.columnWeights, packed.length).set(packed);
    new Int16Array(room.buffer, at.rowWeights, this.#rows.packed.length).set(this.#rows.packed);
  }

  /** The source row behind the window of row `y`. */
  #endOf(y: number): number {
    return Math.min(this.#image.height, (this.#rows.first[y] as number) + 2 * (this.#rows.pairs[y] as number));
  }

  /** The row up to which one band holds the windows of all rows from `y` on; at least the next. */
  #bandUntil(y: number): number {
    const limit = (this.#rows.first[y] as number) + this.#bandRows;
    let until = y + 1;
    while (until < this.#rows.first.length && this.#endOf(until) <= limit) until++;
    return until;
  }

  /** Source rows from `start` to `end`, narrowed or widened. */
  #fillBand(start: number, end: number): void {
    const { room, at } = this.#memory;
    const { data, channels } = this.#image;
    const pass = channels === 3 ? room.resampling.horizontalRgb : room.resampling.horizontalGrey;
    const columns = this.#columns.first.length;
    for (let y = start; y < end; y += this.#stripRows) {
      const rows = Math.min(this.#stripRows, end - y);
      room.bytes.set(data.subarray(y * this.#rowBytes, (y + rows) * this.#rowBytes), at.strip);
      for (let row = 0; row < rows; row += rowsAtOnce) {
        const source = at.strip + row * this.#rowBytes;
        const target = at.band + (y - start + row) * this.#bandStride;
        pass(source, this.#rowBytes, target, this.#bandStride, columns, at.spans, at.columnWeights);
      }
    }
  }
}

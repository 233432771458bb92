import { numberToHalf } from '../tensor/half-float';
import { type ImageFeatures, imageFeatures } from '../tensor/image-features';
import { ImageKernels } from '../tensor/image-kernels';
import { levelTables, writeTensor } from '../tensor/image-steps';
import type { ByteImage } from '../tensor/pillow-resize';
import { applyPictureSteps, pixelScale } from './image-pipeline';
import type { ImagePlan } from './image-plan';
import type { WireTensor } from './worker-protocol';

/** Room for a number of pictures in one tensor. */
export interface PictureBatch {
  /** @returns what drift watches. */
  write(row: number, image: ByteImage): ImageFeatures;
  tensor(): WireTensor;
}

/** Makes decoded pictures the input tensor of a model, by the steps of its plan. It computes: in a thread of its own, but for measurements. */
export class PicturePreparation {
  readonly #plan: ImagePlan;
  readonly #kernels = new ImageKernels();
  readonly #tables: ReturnType<typeof levelTables>;

  constructor(plan: ImagePlan) {
    this.#plan = plan;
    this.#tables = levelTables(pixelScale(plan.steps), plan.channels);
  }

  begin(rows: number): PictureBatch {
    const data = this.#room(rows);
    return {
      write: (row, image) => ({ ...imageFeatures(this.#kernels, this.#write(data, row, image)) }),
      tensor: () => this.#tensor(data, rows),
    };
  }

  /** Without a look at what drift watches. */
  tensorOf(images: readonly ByteImage[]): WireTensor {
    const data = this.#room(images.length);
    for (const [row, image] of images.entries()) this.#write(data, row, image);
    return this.#tensor(data, images.length);
  }

  #room(rows: number): Uint8Array | Float32Array {
    const { datatype, channels, width, height } = this.#plan;
    const length = rows * channels * width * height;
    return datatype === 'UINT8' ? new Uint8Array(length) : new Float32Array(length);
  }

  /** @returns what became of the image before it was a tensor. */
  #write(data: Uint8Array | Float32Array, row: number, image: ByteImage): ByteImage {
    const { steps, placement, channels, width, height } = this.#plan;
    const picture = applyPictureSteps(this.#kernels, image, steps);
    writeTensor(this.#kernels, picture, this.#tables, placement, data, row * channels * width * height);
    return picture;
  }

  #tensor(data: Uint8Array | Float32Array, rows: number): WireTensor {
    const { inputName: name, datatype, placement, channels, width, height } = this.#plan;
    const sides = placement.layout === 'NCHW' ? [channels, height, width] : [height, width, channels];
    const written = datatype === 'FP16' ? Uint16Array.from(data, numberToHalf) : data;
    return { name, datatype, shape: [rows, ...sides], data: written };
  }
}

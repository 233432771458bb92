import type { InputFeatures } from '../events/event';
import { numberToHalf } from '../tensor/half-float';
import { imageFeatures } from '../tensor/image-features';
import { ImageKernels } from '../tensor/image-kernels';
import { levelTables, writeTensor } from '../tensor/image-steps';
import type { ByteImage } from '../tensor/pillow-resize';
import { applyPictureSteps, pixelScale } from './image-pipeline';
import type { ImagePlan } from './image-plan';
import type { WireTensor } from './worker-protocol';

export interface PictureTensor {
  readonly tensor: WireTensor;
  /** What drift watches, one a row. */
  readonly inputFeatures: readonly InputFeatures[];
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

  prepare(images: readonly ByteImage[]): PictureTensor {
    const inputFeatures: InputFeatures[] = [];
    const tensor = this.tensorOf(images, (picture) => inputFeatures.push({ ...imageFeatures(this.#kernels, picture) }));
    return { tensor, inputFeatures };
  }

  /** @param onPicture gets what became of each image before it was a tensor. */
  tensorOf(images: readonly ByteImage[], onPicture: (picture: ByteImage) => void = () => {}): WireTensor {
    const { inputName: name, datatype, steps, placement, channels, width, height } = this.#plan;
    const rowLength = channels * width * height;
    const data = datatype === 'UINT8' ? new Uint8Array(images.length * rowLength) : new Float32Array(images.length * rowLength);
    for (const [row, image] of images.entries()) {
      const picture = applyPictureSteps(this.#kernels, image, steps);
      writeTensor(this.#kernels, picture, this.#tables, placement, data, row * rowLength);
      onPicture(picture);
    }
    const sides = placement.layout === 'NCHW' ? [channels, height, width] : [height, width, channels];
    const written = datatype === 'FP16' ? Uint16Array.from(data, numberToHalf) : data;
    return { name, datatype, shape: [images.length, ...sides], data: written };
  }
}

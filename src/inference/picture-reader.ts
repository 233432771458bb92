import { AppError } from '../errors';
import type { InputFeatures } from '../events/event';
import { decodeImage, type ImageLimits, tuneDecoder } from './decode-image';
import type { ImagePlan } from './image-plan';
import { JpegDecoder } from './jpeg-decoder';
import type { ThreadPictureMemory } from './picture-memory';
import { PicturePreparation } from './picture-tensor';
import type { RefusedRow, WireTensor } from './worker-protocol';

export interface ReadPictures {
  /** A row for each picture; that of a refused one is blank. */
  readonly tensor: WireTensor;
  /** What drift watches, one a row. */
  readonly inputFeatures: readonly InputFeatures[];
  readonly refused: readonly RefusedRow[];
}

/**
 * Makes files of pictures the input tensor of a model, in the thread that needs it: the pixels never leave it. Ordinary JPEGs are decoded in this thread,
 * others on libuv's threads, one beside the other; each becomes its row at once, so that few are in memory decoded.
 */
export class PictureReader {
  readonly #preparation: PicturePreparation;
  readonly #limits: ImageLimits;
  readonly #memory: ThreadPictureMemory;
  readonly #jpegs = new JpegDecoder();

  constructor(plan: ImagePlan, limits: ImageLimits, memory: ThreadPictureMemory) {
    tuneDecoder();
    this.#preparation = new PicturePreparation(plan);
    this.#limits = limits;
    this.#memory = memory;
  }

  async read(files: readonly Uint8Array[]): Promise<ReadPictures> {
    const batch = this.#preparation.begin(files.length);
    const inputFeatures: InputFeatures[] = files.map(() => ({}));
    const refused: RefusedRow[] = [];
    await Promise.all(
      files.map(async (bytes, row) => {
        let release = () => {};
        try {
          const image = await decodeImage(bytes, this.#limits, this.#jpegs, async (rawBytes) => {
            release = await this.#memory.acquire(rawBytes);
          });
          inputFeatures[row] = batch.write(row, image);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          refused.push({ row, code: error.code, message: error.message });
        } finally {
          release();
        }
      }),
    );
    return { tensor: batch.tensor(), inputFeatures, refused };
  }
}

import { availableParallelism } from 'node:os';
import { Batcher } from '../concurrency/batcher';
import { AbortedError, DeadlineError } from '../concurrency/batcher-errors';
import { ByteBudget } from '../concurrency/byte-budget';
import type { InferenceRequest } from '../model-registry/inference-engine';
import type { ByteImage } from '../tensor/pillow-resize';
import { decodeImage, type ImageLimits, tuneDecoder } from './decode-image';

export interface PictureDecoderOptions {
  readonly limits: ImageLimits;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

export const defaultImageLimits: ImageLimits = Object.freeze({ maxImageBytes: 20 * 1024 * 1024, maxImagePixels: 100_000_000 });
/** What decoded pictures take together until they are answered, since a small file may hold hundreds of megabytes: 14 photos of 12 megapixels. */
const budgetBytes = 512 * 1024 * 1024;
/** Given to libuv's threads at once: they must have enough until the event loop, which may be busy, comes by again. */
const picturesPerCore = 8;
/** Of encoded pictures. */
const [maxQueuedPictures, maxQueuedBytes] = [1024, 256 * 1024 * 1024];

/** `release` gives the memory of the picture back to those that wait for it. */
export interface DecodedPicture {
  readonly image: ByteImage;
  readonly release: () => void;
}

interface Job {
  readonly bytes: Uint8Array;
  readonly request: InferenceRequest;
}

/**
 * Decodes the pictures of all versions: most of what a picture costs. A queue of its own, so that who has no time left, or has gone, is sent
 * away before that, and how long the others will wait is known.
 */
export class PictureDecoder {
  readonly #options: PictureDecoderOptions;
  readonly #budget = new ByteBudget(budgetBytes);
  readonly #queue: Batcher<Job, DecodedPicture>;

  constructor(options: PictureDecoderOptions) {
    this.#options = options;
    tuneDecoder();
    this.#queue = new Batcher((jobs) => Promise.all(jobs.map((job) => this.#decode(job))), {
      maxBatchSize: 1,
      maxInFlight: picturesPerCore * availableParallelism(),
      maxQueuedRows: maxQueuedPictures,
      maxQueuedBytes,
      parallelFromMs: 0,
      elapsedMs: options.elapsedMs,
    });
  }

  /** Why a picture would not be taken now; null: it would. `afterMs`: what it needs when it is decoded. */
  refusal(bytes: Uint8Array, request: InferenceRequest, afterMs: number): Error | null {
    return this.#queue.refusal({ ...request, sizeBytes: bytes.length }, { afterMs });
  }

  /** @throws AppError INVALID_IMAGE, IMAGE_TOO_LARGE; QueueFullError, DeadlineError, AbortedError */
  async decode(bytes: Uint8Array, request: InferenceRequest): Promise<DecodedPicture> {
    const { output } = await this.#queue.submit({ bytes, request }, { ...request, sizeBytes: bytes.length });
    return output;
  }

  async #decode({ bytes, request }: Job): Promise<DecodedPicture> {
    let release = () => {};
    try {
      const image = await decodeImage(bytes, this.#options.limits, async (rawBytes) => {
        release = await this.#budget.acquire(rawBytes);
        if (request.signal?.aborted) throw new AbortedError();
        if (request.deadlineAtMs !== undefined && request.deadlineAtMs <= this.#options.elapsedMs()) throw new DeadlineError();
      });
      return { image, release };
    } catch (error) {
      release();
      throw error;
    }
  }
}

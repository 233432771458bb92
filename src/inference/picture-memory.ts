import { ByteBudget } from '../concurrency/byte-budget';
import type { ImageLimits } from './decode-image';

export const defaultImageLimits: ImageLimits = Object.freeze({ maxImageBytes: 20 * 1024 * 1024, maxImagePixels: 100_000_000 });

/** What large decoded pictures take together in all threads, since a small file may hold hundreds of megabytes: 14 photos of 12 megapixels. */
const largePicturesBytes = 512 * 1024 * 1024;
/** What a thread may decode without asking: a message to and fro costs more than a small picture. */
const threadBytes = 16 * 1024 * 1024;

/** What pictures are held to, of all versions together. */
export interface PicturePolicy {
  readonly limits: ImageLimits;
  readonly largePictures: ByteBudget;
}

export function picturePolicy(limits: ImageLimits = defaultImageLimits): PicturePolicy {
  return { limits, largePictures: new ByteBudget(largePicturesBytes) };
}

/** How a thread asks the main one for memory, and gives it back. */
export type MemoryMessage = { readonly kind: 'reserve'; readonly bytes: number } | { readonly kind: 'release'; readonly bytes: number };
/** The answer to `reserve`, in the order of the questions. */
export interface MemoryGrant {
  readonly kind: 'granted';
}

/** The memory of pictures, as a thread that decodes them sees it. */
export class ThreadPictureMemory {
  readonly #own = new ByteBudget(threadBytes);
  readonly #post: (message: MemoryMessage) => void;
  readonly #waiting: (() => void)[] = [];

  constructor(post: (message: MemoryMessage) => void) {
    this.#post = post;
  }

  /** Resolves when the bytes are free, with the function that gives them back. */
  async acquire(bytes: number): Promise<() => void> {
    if (bytes <= threadBytes) return this.#own.acquire(bytes);
    this.#post({ kind: 'reserve', bytes });
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return () => this.#post({ kind: 'release', bytes });
  }

  granted(): void {
    this.#waiting.shift()?.();
  }
}

/** What one thread holds of the memory of large pictures, as the main thread sees it: given back when the thread ends, however it ends. */
export class HeldPictureMemory {
  readonly #budget: ByteBudget;
  readonly #held: { readonly bytes: number; readonly release: () => void }[] = [];
  #isOver = false;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  async reserve(bytes: number, grant: () => void): Promise<void> {
    const release = await this.#budget.acquire(bytes);
    if (this.#isOver) return release();
    this.#held.push({ bytes, release });
    grant();
  }

  release(bytes: number): void {
    const at = this.#held.findIndex((one) => one.bytes === bytes);
    for (const { release } of at === -1 ? [] : this.#held.splice(at, 1)) release();
  }

  releaseAll(): void {
    this.#isOver = true;
    for (const { release } of this.#held.splice(0)) release();
  }
}

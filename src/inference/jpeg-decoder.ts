import createDecoder from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import type { ByteImage } from '../tensor/pillow-resize';
import type { JpegHeader } from './ordinary-jpeg';

/** Its memory, 50 MB at first, never shrinks: these keep it from growing. */
const maxPixels = 4_000_000;
const maxBytes = 16_000_000;
/** Each damaged picture costs it some of its memory, and a new one takes some 8 ms. */
const maxFailures = 16;

/**
 * libjpeg-turbo in WebAssembly, in the thread that asks: the pixels that sharp and Pillow decode, to the bit, without the threads and queues around them,
 * which cost more than a small picture itself (docs/adr/0021).
 */
export class JpegDecoder {
  /** Null inside: it cannot be had on this machine. */
  #decoder: Promise<createDecoder.Decoder | null> | null = null;
  #failures = 0;

  /** Null: it is larger than this takes, or damaged in some way that others can tell better. */
  async decode(bytes: Uint8Array, { width, height }: JpegHeader): Promise<ByteImage | null> {
    if (width * height > maxPixels || bytes.length > maxBytes) return null;
    const decoder = await this.#ready();
    if (decoder === null) return null;
    try {
      decoder.getEncodedBuffer(bytes.length).set(bytes);
      decoder.decode();
      const info = decoder.getFrameInfo();
      if (info.width !== width || info.height !== height || info.componentCount !== 3) return null;
      return { data: decoder.getDecodedBuffer().slice(), width, height, channels: 3 };
    } catch (error) {
      // A number is what the library found wrong with the picture; anything else, and the decoder itself is broken.
      this.#failures += typeof error === 'number' ? 1 : maxFailures;
      return null;
    }
  }

  /** One that still works: while somebody waited for it, it may have failed on the pictures of others. */
  async #ready(): Promise<createDecoder.Decoder | null> {
    for (;;) {
      if (this.#failures >= maxFailures) this.#decoder = null;
      if (this.#decoder === null) this.#failures = 0;
      this.#decoder ??= createDecoder().then(
        ({ JPEGDecoder }) => new JPEGDecoder(),
        // Where address space is short, its memory is refused: sharp needs less.
        () => null,
      );
      const decoder = await this.#decoder;
      if (this.#failures < maxFailures) return decoder;
    }
  }
}

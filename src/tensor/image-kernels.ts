import { pixelsBinary, resamplingBinary } from './image-kernels-binary';
import { roundUp } from './resampling-weights';
import { WeightCache } from './weight-cache';

/** What is used here of WebAssembly; neither the library of the language nor Node's types declare it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => CompiledModule;
  readonly Memory: new (size: { initial: number; maximum: number }) => KernelMemory;
  readonly Instance: new (module: CompiledModule, imports: { picture: { memory: KernelMemory } }) => { readonly exports: unknown };
};
interface CompiledModule {
  readonly compiled: unique symbol;
}
interface KernelMemory {
  readonly buffer: ArrayBuffer;
}

/** resampling.wat; all arguments are addresses, lengths in bytes, or counts. */
interface ResamplingKernels {
  horizontalRgb: HorizontalPass;
  horizontalGrey: HorizontalPass;
  vertical(source: number, stride: number, target: number, end: number, pairs: number, weights: number): void;
}
type HorizontalPass = (
  source: number,
  sourceStride: number,
  target: number,
  targetStride: number,
  columns: number,
  spans: number,
  weights: number,
) => void;

/** pixels.wat */
interface PixelKernels {
  grey(source: number, end: number, target: number): void;
  sumLuma(source: number, end: number, luma: number, sums: number): void;
  sumLaplacian(luma: number, width: number, height: number, sums: number): void;
  lookUp(source: number, end: number, sourceStep: number, table: number, target: number, targetStep: number): void;
}

/** Memory, and the kernels that work in it. */
interface KernelRoom {
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly resampling: ResamplingKernels;
  readonly pixels: PixelKernels;
}

/** Where in a room the pieces lie. */
export interface Allotment<Piece extends string> {
  readonly room: KernelRoom;
  readonly at: Readonly<Record<Piece, number>>;
}

const pageBytes = 65_536;
const vectorBytes = 16;
/** What one thread keeps between pictures at most. Pictures pass through in strips: what is needed grows with the model's input, not with them. */
const keptBytes = 16 * 1024 * 1024;
/** Reached only by pictures millions of pixels long and a few wide, and by inputs of a hundred megapixels. */
const mostBytes = 512 * 1024 * 1024;

/**
 * The kernels in WebAssembly, and what one thread keeps for them. Memory of WebAssembly never shrinks: so none ever grows here. The kept room is
 * replaced by a larger one up to a limit; beyond that a room serves one call and is then let go.
 */
export class ImageKernels {
  readonly weights = new WeightCache();
  readonly #resampling = new WebAssembly.Module(fromBase64(resamplingBinary));
  readonly #pixels = new WebAssembly.Module(fromBase64(pixelsBinary));
  #kept = this.#build(pageBytes);

  /**
   * A piece of memory for each length, valid until the next call. Each begins at a multiple of a vector's size and is followed by a vector
   * to spare: kernels read and write whole vectors. Its contents are what the last user left.
   * @throws RangeError when the lengths are absurd
   */
  allot<Piece extends string>(byteLengths: Readonly<Record<Piece, number>>): Allotment<Piece> {
    const at = {} as Record<Piece, number>;
    let end = 0;
    for (const piece of Object.keys(byteLengths) as Piece[]) {
      at[piece] = end;
      end = roundUp(end + byteLengths[piece], vectorBytes) + vectorBytes;
    }
    return { room: this.#room(end), at };
  }

  #room(byteLength: number): KernelRoom {
    if (byteLength <= this.#kept.bytes.length) return this.#kept;
    if (byteLength > mostBytes)
      throw new RangeError(`the picture would take ${byteLength} bytes to prepare; it is too large, or too long and thin`);
    const room = this.#build(byteLength);
    if (byteLength <= keptBytes) this.#kept = room;
    return room;
  }

  #build(byteLength: number): KernelRoom {
    const pages = Math.ceil(byteLength / pageBytes);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const imports = { picture: { memory } };
    return {
      buffer: memory.buffer,
      bytes: new Uint8Array(memory.buffer),
      resampling: new WebAssembly.Instance(this.#resampling, imports).exports as ResamplingKernels,
      pixels: new WebAssembly.Instance(this.#pixels, imports).exports as PixelKernels,
    };
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

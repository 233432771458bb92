/** What we use of it; the package brings no types. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  namespace createDecoder {
    interface Decoder {
      /** Memory for the file, to be filled before `decode`. */
      getEncodedBuffer(bytes: number): Uint8Array;
      /** Throws a number, and loses some of its memory, when the library so much as warns. */
      decode(): void;
      /** The pixels: memory that the next `decode` writes to. */
      getDecodedBuffer(): Uint8Array;
      getFrameInfo(): { readonly width: number; readonly height: number; readonly componentCount: number };
    }
  }
  function createDecoder(): Promise<{ JPEGDecoder: new () => createDecoder.Decoder }>;
  export = createDecoder;
}

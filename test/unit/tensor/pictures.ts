import fc from 'fast-check';
import type { ByteImage } from '../../../src/tensor/pillow-resize';

// Jest looks globals up through a sandbox, slowly: once is enough.
const { floor, imul } = Math;

/** A picture whose level at each place is told. */
export function picture(
  width: number,
  height: number,
  level: (x: number, y: number, channel: number) => number,
  channels: 1 | 3 = 3,
): ByteImage {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < data.length; i++) {
    const pixel = floor(i / channels);
    data[i] = level(pixel % width, floor(pixel / width), i % channels);
  }
  return { data, width, height, channels };
}

/** Noise, and what drives sums to their ends: checkerboards and stripes of black and white, of any period. */
export function anyPicture(longestSide: number): fc.Arbitrary<ByteImage> {
  const side = fc.integer({ min: 1, max: longestSide });
  const levels = fc.oneof(
    fc.integer().map((seed) => (x: number, y: number, channel: number) => noise(seed, x, y, channel)),
    fc.record({ across: fc.integer({ min: 1, max: 9 }), down: fc.integer({ min: 1, max: 9 }), phase: fc.nat(1) }).map(
      ({ across, down, phase }) =>
        (x: number, y: number, channel: number) =>
          255 * ((floor(x / across) + floor(y / down) + phase * channel) % 2),
    ),
    fc.constantFrom(0, 255).map((level) => () => level),
  );
  return fc
    .record({ width: side, height: side, levels, channels: fc.constantFrom<1 | 3>(1, 3) })
    .map(({ width, height, levels: level, channels }) => picture(width, height, level, channels));
}

/** A byte from a few whole numbers, mixed as in MurmurHash3. */
function noise(seed: number, x: number, y: number, channel: number): number {
  let mixed = seed ^ imul(x * 3 + channel + 1, 0x9e37_79b1) ^ imul(y + 1, 0x85eb_ca6b);
  mixed = imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) & 255;
}

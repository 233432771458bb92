import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import sharp from 'sharp';

export interface Picture {
  readonly name: string;
  readonly bytes: Buffer;
}

const extensions = new Set(['.jpg', '.jpeg', '.png', '.webp']);
const quality = 82;

/** JPEGs of one size with a photo's texture: broad shapes and grain at every scale. The same seed gives the same pictures. */
export function makePictures(width: number, height: number, count: number): Promise<readonly Picture[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const data = paint(width, height, mulberry32(index + 1));
      const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality })
        .toBuffer();
      return { name: `synthetic ${index + 1}`, bytes };
    }),
  );
}

/** Photos of a folder, brought to one size. */
export function readPhotos(directory: string, width: number, height: number): Promise<readonly Picture[]> {
  const names = readdirSync(directory).filter((name) => extensions.has(extname(name).toLowerCase()));
  if (names.length === 0) throw new Error(`--photos ${directory} holds no .jpg, .png or .webp file.`);
  return Promise.all(
    names.sort().map(async (name) => {
      const photo = sharp(readFileSync(join(directory, name))).resize(width, height, { fit: 'cover' });
      return { name, bytes: await photo.removeAlpha().jpeg({ quality }).toBuffer() };
    }),
  );
}

/** Octaves of smooth noise whose strength falls with their frequency, as in photographs; hue and light differ from picture to picture. */
function paint(width: number, height: number, random: () => number): Buffer {
  const levels = new Float32Array(width * height * 3);
  const tint = [0, 1, 2].map(() => 70 + 115 * random());
  const colours = [0, 1, 2].map(() => 0.6 + 0.8 * random());
  for (let at = 0; at < levels.length; at++) levels[at] = tint[at % 3] as number;
  for (let cell = Math.max(width, height) / 2, strength = 60; cell >= 1.2; cell /= 2, strength *= 0.76)
    addNoise(levels, width, height, { cell, strength, colours, random });
  return Buffer.from(Uint8ClampedArray.from(levels).buffer);
}

interface Octave {
  readonly cell: number;
  readonly strength: number;
  readonly colours: readonly number[];
  readonly random: () => number;
}

/** One octave: random values on a grid, joined linearly. */
function addNoise(levels: Float32Array, width: number, height: number, { cell, strength, colours, random }: Octave): void {
  const columns = Math.ceil(width / cell) + 2;
  const rows = Math.ceil(height / cell) + 2;
  const grid = Float32Array.from({ length: columns * rows }, () => (random() - 0.5) * 2 * strength);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / cell);
    const v = y / cell - row;
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / cell);
      const u = x / cell - column;
      const corner = row * columns + column;
      const above = (grid[corner] as number) * (1 - u) + (grid[corner + 1] as number) * u;
      const below = (grid[corner + columns] as number) * (1 - u) + (grid[corner + columns + 1] as number) * u;
      const value = above * (1 - v) + below * v;
      for (let channel = 0; channel < 3; channel++, at++) levels[at] = (levels[at] as number) + value * (colours[channel] as number);
    }
  }
}

/** Tommy Ettinger's mulberry32: a small generator whose numbers are the same on every machine. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

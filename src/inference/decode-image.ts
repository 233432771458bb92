import sharp, { type Metadata } from 'sharp';
import { AppError } from '../errors';
import { inksToRgb } from '../tensor/inks-to-rgb';
import type { ByteImage } from '../tensor/pillow-resize';
import type { JpegDecoder } from './jpeg-decoder';
import { readOrdinaryJpeg } from './ordinary-jpeg';

export interface ImageLimits {
  readonly maxImageBytes: number;
  /** Of the picture, declared or real: width times height. */
  readonly maxImagePixels: number;
}

/** What Pillow and browsers agree on; SVG is a program, not a picture. */
const formats = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif', 'heif', 'jp2', 'jxl']);

/** As long as a JPEG's side can be. A picture of one column costs many times what its pixels say. */
const maxSide = 65_535;

/** One thread an image: many are decoded at once, and inference needs the cores too. A cache of operations never hits on clients' pictures. */
export function tuneDecoder(): void {
  sharp.concurrency(1);
  sharp.cache(false);
}

/**
 * Decodes to 8-bit RGB, as training did with Pillow: ICC profiles are ignored, EXIF orientation is applied, the first frame of an
 * animation counts, alpha is dropped, 16-bit levels are reduced to 8, CMYK is converted by Pillow's
 * formula. Runs on libuv's threads, ordinary JPEGs in this one.
 * @param jpegs decodes ordinary JPEGs, to the same pixels; null leaves them to sharp, too.
 * @param admit asked once the header is read, with the bytes that the decoded picture will take; decoding begins when it resolves.
 * @throws AppError INVALID_IMAGE, IMAGE_TOO_LARGE
 */
export async function decodeImage(
  bytes: Uint8Array,
  limits: ImageLimits,
  jpegs: JpegDecoder | null = null,
  admit: (rawBytes: number) => Promise<void> = async () => {},
): Promise<ByteImage> {
  if (bytes.length === 0) throw new AppError('INVALID_IMAGE', 'The image is empty.');
  if (bytes.length > limits.maxImageBytes) {
    throw new AppError('IMAGE_TOO_LARGE', `The image has ${bytes.length} bytes; at most ${limits.maxImageBytes} are taken.`);
  }
  const jpeg = jpegs && readOrdinaryJpeg(bytes);
  if (!jpeg) return decodeAny(bytes, limits, admit);
  checkSize(jpeg, limits);
  await admit(jpeg.width * jpeg.height * 3);
  // A damaged one goes to sharp, which says what is wrong with it; it has been admitted.
  return (await jpegs.decode(bytes, jpeg)) ?? decodeAny(bytes, limits, async () => {});
}

async function decodeAny(bytes: Uint8Array, limits: ImageLimits, admit: (rawBytes: number) => Promise<void>): Promise<ByteImage> {
  const refuseWithin = (error: unknown) => refuse(error, limits);
  const source = () =>
    sharp(bytes, { limitInputPixels: limits.maxImagePixels, ignoreIcc: true, autoOrient: true, pages: 1, failOn: 'warning' });
  // The header first: a picture that declares gigapixels is refused before a pixel is decoded.
  const header = await source().metadata().catch(refuseWithin);
  checkHeader(header, limits);
  await admit(header.width * header.height * 3);
  const isInks = header.space === 'cmyk';
  // Inks come as they are: on the way to colours sharp would take a printer's profile, which Pillow does not.
  const { data, info } = await (isInks ? source().pipelineColourspace('cmyk').toColourspace('cmyk') : source().toColourspace('srgb'))
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(refuseWithin);
  const { width, height, channels } = info;
  if (isInks && channels === 4) return { data: inksToRgb(data), width, height, channels: 3 };
  if (channels === 1) return { data: repeatChannel(data), width, height, channels: 3 };
  if (channels !== 3) throw new AppError('INVALID_IMAGE', `The image has ${channels} channels after decoding; three were expected.`);
  return { data, width, height, channels };
}

function checkHeader(header: Metadata, limits: ImageLimits): void {
  if (!formats.has(header.format ?? '')) {
    throw new AppError(
      'INVALID_IMAGE',
      `Nothing can be predicted from ${header.format ? `${header.format.toUpperCase()} files` : 'this format'}; send a JPEG, PNG, WebP, GIF, TIFF or AVIF image.`,
    );
  }
  checkSize(header, limits);
}

function checkSize({ width, height }: { readonly width: number; readonly height: number }, { maxImagePixels }: ImageLimits): void {
  if (width * height > maxImagePixels) throw tooManyPixels(maxImagePixels);
  if (Math.max(width, height) > maxSide) {
    throw new AppError('IMAGE_TOO_LARGE', `A side of the image is longer than ${maxSide} pixels. Make it smaller before sending it.`);
  }
}

function refuse(error: unknown, { maxImagePixels }: ImageLimits): never {
  const message = error instanceof Error ? error.message : String(error);
  if (/exceeds pixel limit/i.test(message)) throw tooManyPixels(maxImagePixels);
  if (/unsupported image format|Input Buffer is empty/i.test(message)) {
    throw new AppError('INVALID_IMAGE', 'The bytes are not an image that can be decoded; send a JPEG, PNG, WebP, GIF, TIFF or AVIF image.');
  }
  throw new AppError(
    'INVALID_IMAGE',
    `The image cannot be decoded: it is damaged or cut off (${message.split('\n')[0]?.replace(/:$/, '')}).`,
    {
      cause: error,
    },
  );
}

function tooManyPixels(maxImagePixels: number): AppError {
  return new AppError(
    'IMAGE_TOO_LARGE',
    `The image has too many pixels; at most ${maxImagePixels} are taken. Make it smaller before sending it.`,
  );
}

function repeatChannel(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(grey.length * 3);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) data.fill(grey[i] as number, at, at + 3);
  return data;
}

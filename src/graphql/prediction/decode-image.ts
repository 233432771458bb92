import type { FileUpload } from 'graphql-upload-minimal';
import { AppError } from '../../errors';

/**
 * The bytes of an image in base64, plain or as a data URI; line breaks are allowed, since many encoders write them.
 * @throws AppError INVALID_IMAGE, IMAGE_TOO_LARGE
 */
export function decodeImage(text: string, maxImageBytes: number): Uint8Array {
  const written = withoutDataUri(text);
  // Looking for line breaks takes several times as long as decoding, and most texts have none.
  const bytes = decodeAtOnce(written, maxImageBytes);
  if (bytes !== null) return bytes;
  const base64 = written.replace(/[\r\n\t ]+/g, '');
  if (base64 === '') throw new AppError('INVALID_IMAGE', 'image is empty. Send an image file in base64, plain or as a data URI.');
  if (promisedBytes(base64) > maxImageBytes) throw tooLarge(maxImageBytes);
  const decoded = decodeAtOnce(base64, maxImageBytes);
  if (decoded !== null) return decoded;
  throw new AppError('INVALID_IMAGE', 'image is not valid base64. Send an image file in base64, plain or as a data URI.');
}

/** Null: it is not base64 and nothing else, or too long. */
function decodeAtOnce(base64: string, maxBytes: number): Uint8Array | null {
  const byteLength = promisedBytes(base64);
  if (base64 === '' || base64.length % 4 !== 0 || byteLength > maxBytes) return null;
  const bytes = Buffer.from(base64, 'base64');
  // The decoder skips what is not base64, so that a wrong text comes out shorter than its length promises.
  return bytes.length === byteLength ? bytes : null;
}

function promisedBytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : Number(base64.endsWith('='));
  return (base64.length * 3) / 4 - padding;
}

/** @throws AppError INVALID_IMAGE, IMAGE_TOO_LARGE, INVALID_INPUT when the upload broke off */
export async function readUpload(upload: Promise<FileUpload>, maxImageBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let byteLength = 0;
  try {
    const stream = (await upload).createReadStream();
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      byteLength += chunk.length;
      // Read to its end all the same: other files may wait behind it in the same request.
      if (byteLength <= maxImageBytes) chunks.push(chunk);
    }
  } catch (cause) {
    throw new AppError('INVALID_INPUT', brokenUpload(cause), { cause });
  }
  if (byteLength > maxImageBytes) throw tooLarge(maxImageBytes);
  if (byteLength === 0) throw new AppError('INVALID_IMAGE', 'imageFile is empty.');
  return Buffer.concat(chunks);
}

function brokenUpload(cause: unknown): string {
  // The sentence of graphql-upload-minimal, which has no code for it.
  return cause instanceof Error && cause.message === 'File missing in the request.'
    ? 'The request carries no file for imageFile. Send it as a file (with curl: -F 0=@image.png) under the name that map has for it, as in {"0": ["variables.file"]}.'
    : 'imageFile broke off before its end. Send it again.';
}

function withoutDataUri(text: string): string {
  if (!/^data:/i.test(text)) return text;
  const comma = text.indexOf(',');
  if (comma !== -1 && text.slice(0, comma).toLowerCase().endsWith(';base64')) return text.slice(comma + 1);
  throw new AppError('INVALID_IMAGE', 'image is a data URI without base64. Send it as data:image/png;base64,...');
}

function tooLarge(maxImageBytes: number): AppError {
  return new AppError('IMAGE_TOO_LARGE', `The image file is larger than the ${maxImageBytes} bytes that are allowed. Send a smaller one.`, {
    details: { maxImageBytes },
  });
}

import { crc32 } from './crc32';

/** u32 LE: payload length, its top bit set while more frames of the same append follow; u32 LE: CRC-32 of the payload; the payload. */
export const frameHeaderBytes = 8;
const moreFollowsFlag = 0x80000000;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

export type FrameAt =
  | { readonly kind: 'frame'; readonly payload: Buffer; readonly endOffset: number; readonly endsAppend: boolean }
  /** The buffer ends before the frame does, if the header can be believed. */
  | { readonly kind: 'incomplete'; readonly neededBytes: number }
  | { readonly kind: 'bad' };

/** The frames of one append, and the payload of each as it lies there. */
export interface EncodedAppend {
  readonly bytes: Buffer;
  readonly payloads: readonly Buffer[];
}

/** The frames of one append: a reader of a file that ends in the middle can tell that the append was not finished. */
export function encodeFrames(texts: readonly string[]): EncodedAppend {
  const lengths = texts.map((text) => Buffer.byteLength(text, 'utf8'));
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + frameHeaderBytes + length, 0));
  let offset = 0;
  const payloads = texts.map((text, index) => {
    const length = lengths[index] as number;
    const payload = bytes.subarray(offset + frameHeaderBytes, offset + frameHeaderBytes + length);
    payload.write(text, 'utf8');
    bytes.writeUInt32LE(length + (index < texts.length - 1 ? moreFollowsFlag : 0), offset);
    bytes.writeUInt32LE(crc32(payload), offset + 4);
    offset += frameHeaderBytes + length;
    return payload;
  });
  return { bytes, payloads };
}

export function frameAt(buffer: Buffer, offset: number): FrameAt {
  if (offset + frameHeaderBytes > buffer.length) return { kind: 'incomplete', neededBytes: frameHeaderBytes };
  const head = buffer.readUInt32LE(offset);
  const endsAppend = head < moreFollowsFlag;
  const length = endsAppend ? head : head - moreFollowsFlag;
  const endOffset = offset + frameHeaderBytes + length;
  if (endOffset > buffer.length) return { kind: 'incomplete', neededBytes: frameHeaderBytes + length };
  const payload = buffer.subarray(offset + frameHeaderBytes, endOffset);
  // A payload is a JSON object: the two braces are checked first, because they spare the search for the next frame most of its CRCs.
  if (payload[0] !== openingBrace || payload[length - 1] !== closingBrace) return { kind: 'bad' };
  if (crc32(payload) !== buffer.readUInt32LE(offset + 4)) return { kind: 'bad' };
  return { kind: 'frame', payload, endOffset, endsAppend };
}

/** Offset of the first good frame at or after `from`; null when there is none. */
export function findFrame(buffer: Buffer, from: number): number | null {
  for (let offset = from; offset + frameHeaderBytes < buffer.length; offset++) {
    if (frameAt(buffer, offset).kind === 'frame') return offset;
  }
  return null;
}

/** End of the last append that is whole: what follows was never acknowledged. A damaged stretch before it is stepped over. */
export function endOfLastAppend(buffer: Buffer): number {
  let end = 0;
  let offset: number | null = 0;
  while (offset !== null) {
    const frame = frameAt(buffer, offset);
    if (frame.kind === 'frame') {
      if (frame.endsAppend) end = frame.endOffset;
      offset = frame.endOffset;
    } else {
      offset = findFrame(buffer, offset + 1);
    }
  }
  return end;
}

import fc from 'fast-check';
import { crc32, tableCrc32 } from '../../../src/journal/crc32';
import { encodeFrames as encode, endOfLastAppend, findFrame, frameAt, frameHeaderBytes } from '../../../src/journal/frame';

const payloads = fc.array(
  fc.object().map((value) => JSON.stringify(value)),
  { minLength: 1, maxLength: 5 },
);

function decode(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const frame = frameAt(bytes, offset);
    if (frame.kind !== 'frame') break;
    found.push(frame.payload.toString('utf8'));
    offset = frame.endOffset;
  }
  return found;
}

const encodeFrames = (texts: readonly string[]) => encode(texts).bytes;

describe('crc32', () => {
  it('is the check value of the standard', () => {
    expect(tableCrc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  });

  it('is the same by table and by zlib', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => expect(tableCrc32(bytes)).toBe(crc32(bytes))));
  });
});

describe('frames', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(payloads, (texts) => {
        expect(decode(encodeFrames(texts))).toEqual(texts);
        expect(encode(texts).payloads.map(String)).toEqual(texts);
      }),
    );
  });

  it('mark the last frame of an append', () => {
    fc.assert(
      fc.property(payloads, payloads, (a, b) => {
        const whole = Buffer.concat([encodeFrames(a), encodeFrames(b)]);
        expect(endOfLastAppend(whole)).toBe(whole.length);
      }),
    );
  });

  it('of an append cut anywhere are no append, those before it stay', () => {
    fc.assert(
      fc.property(payloads, payloads, fc.nat(), (a, b, cut) => {
        const [first, second] = [encodeFrames(a), encodeFrames(b)];
        const torn = Buffer.concat([first, second.subarray(0, cut % second.length)]);
        expect(endOfLastAppend(torn)).toBe(first.length);
      }),
    );
  });

  it('are never made of garbage: a changed byte is found', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), fc.integer({ min: 1, max: 255 }), (texts, place, change) => {
        const bytes = encodeFrames(texts);
        const at = place % bytes.length;
        bytes[at] = (bytes[at] as number) ^ change;
        // The flag bit alone is not covered by the CRC: it says only where the append ends.
        fc.pre(!isFlag(bytes, at, change));
        expect(decode(bytes).length).toBeLessThan(texts.length);
      }),
    );
  });

  it('are found again behind garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), payloads, (garbage, texts) => {
        const bytes = Buffer.concat([garbage, encodeFrames(texts)]);
        const found = findFrame(bytes, 0);
        expect(found).toBe(garbage.length);
      }),
    );
  });

  it('do not begin in zeros, which a file system may leave after a power cut', () => {
    expect(findFrame(Buffer.alloc(4_096), 0)).toBeNull();
    expect(endOfLastAppend(Buffer.alloc(4_096))).toBe(0);
  });
});

function isFlag(bytes: Buffer, at: number, change: number): boolean {
  if (change !== 0x80) return false;
  for (let offset = 0; offset < bytes.length; ) {
    if (at === offset + 3) return true;
    offset += frameHeaderBytes + (bytes.readUInt32LE(offset) & 0x7fffffff);
  }
  return false;
}

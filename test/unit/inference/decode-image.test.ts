import sharp from 'sharp';
import { decodeImage } from '../../../src/inference/decode-image';

const limits = { maxImageBytes: 100_000, maxImagePixels: 10_000 };
const red = { r: 200, g: 10, b: 20 };

function picture(width: number, height: number, channels: 3 | 4 = 3) {
  return sharp({ create: { width, height, channels, background: { ...red, alpha: 0.5 } } });
}

/** A JPEG whose bytes are spread over its whole area. */
function noise(width: number, height: number): Promise<Buffer> {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 256);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer();
}

/** The first bytes of a PNG that says it has 65536x65536 pixels. */
async function bomb(): Promise<Buffer> {
  const png = await picture(2, 2).png().toBuffer();
  png.writeUInt32BE(65_536, 16);
  png.writeUInt32BE(65_536, 20);
  return png;
}

/** The first bytes of a PNG of 1x65536 pixels. */
async function column(): Promise<Buffer> {
  const png = await picture(1, 1).png().toBuffer();
  png.writeUInt32BE(65_536, 20);
  return png;
}

describe('decodeImage', () => {
  it.each(['png', 'webp', 'gif', 'tiff'] as const)('decodes %s to RGB', async (format) => {
    const image = await decodeImage(await picture(5, 3).toFormat(format, { lossless: true }).toBuffer(), limits);
    expect([image.width, image.height, image.channels, [...image.data.subarray(0, 3)]]).toEqual([5, 3, 3, [200, 10, 20]]);
  });

  it('drops alpha instead of blending it', async () => {
    expect([...(await decodeImage(await picture(1, 1, 4).png().toBuffer(), limits)).data]).toEqual([200, 10, 20]);
  });

  it('gives grey three equal channels', async () => {
    const grey = await picture(1, 1).toColourspace('b-w').png().toBuffer();
    const { data } = await decodeImage(grey, limits);
    expect(data[0] === data[1] && data[1] === data[2]).toBe(true);
  });

  it('converts inks as Pillow does, without the profile of a printer', async () => {
    // Two pixels, CMYK (255, 0, 255, 0) and (10, 200, 30, 40), saved by Pillow as TIFF.
    const inks =
      'SUkqAAgAAAAKAAABBAABAAAAAgAAAAEBBAABAAAAAQAAAAIBAwAEAAAAhgAAAAMBAwABAAAAAQAAAAYBAwABAAAABQAAABEBBAABAAAAjgAAABUBAwABAAAABAAAABYBBAABAAAAAQAAABcBBAABAAAACAAAABwBAwABAAAAAQAAAAAAAAAIAAgACAAIAP8A/wAKyB4o';
    const { data } = await decodeImage(Buffer.from(inks, 'base64'), limits);
    expect([...data]).toEqual([0, 255, 0, 207, 46, 190]);
  });

  it('applies the EXIF orientation', async () => {
    const turned = await picture(8, 4).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await decodeImage(turned, limits)).toMatchObject({ width: 4, height: 8 });
  });

  it.each([
    ['nothing', async () => Buffer.alloc(0), 'INVALID_IMAGE'],
    ['text', async () => Buffer.from('this is not an image'), 'INVALID_IMAGE'],
    ['a program', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 'INVALID_IMAGE'],
    ['half a JPEG', async () => (await noise(90, 90)).subarray(0, 3000), 'INVALID_IMAGE'],
    ['too many bytes', async () => Buffer.alloc(100_001), 'IMAGE_TOO_LARGE'],
    ['too many pixels', async () => picture(101, 100).png().toBuffer(), 'IMAGE_TOO_LARGE'],
    ['a header of four gigapixels', bomb, 'IMAGE_TOO_LARGE'],
  ])('refuses %s', async (_, make, code) => {
    await expect(decodeImage(await make(), limits)).rejects.toMatchObject({ code, message: expect.stringMatching(/\.$/) });
  });

  it('refuses a side without end, however few the pixels', async () => {
    const refused = decodeImage(await column(), { ...limits, maxImagePixels: 1e6 });
    await expect(refused).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE', message: expect.stringMatching(/\.$/) });
  });

  it('asks before it decodes, with the size of the decoded picture, and decodes nothing when it is refused', async () => {
    const asked: number[] = [];
    const refusal = new Error('no room');
    const refused = decodeImage(await picture(30, 20).png().toBuffer(), limits, null, async (rawBytes) => {
      asked.push(rawBytes);
      throw refusal;
    });
    await expect(refused).rejects.toBe(refusal);
    expect(asked).toEqual([30 * 20 * 3]);
  });
});

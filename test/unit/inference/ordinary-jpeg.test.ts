import fc from 'fast-check';
import sharp from 'sharp';
import { readOrdinaryJpeg } from '../../../src/inference/ordinary-jpeg';

const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: { r: 200, g: 10, b: 20 } } });

describe('readOrdinaryJpeg', () => {
  it.each(['4:2:0', '4:4:4'])('reads the size of baseline pictures with %s', async (chromaSubsampling) => {
    const bytes = await picture(31, 17).jpeg({ chromaSubsampling }).toBuffer();
    expect(readOrdinaryJpeg(bytes)).toEqual({ width: 31, height: 17 });
  });

  it('takes an orientation that says upright', async () => {
    const bytes = await picture(31, 17).withMetadata({ orientation: 1 }).jpeg().toBuffer();
    expect(readOrdinaryJpeg(bytes)).toEqual({ width: 31, height: 17 });
  });

  it.each([
    ['progressive', () => picture(9, 9).jpeg({ progressive: true }).toBuffer()],
    ['grey', () => picture(9, 9).toColourspace('b-w').jpeg().toBuffer()],
    ['CMYK', () => picture(9, 9).toColourspace('cmyk').jpeg().toBuffer()],
    ['turned', () => picture(9, 9).withMetadata({ orientation: 6 }).jpeg().toBuffer()],
    ['a PNG', () => picture(9, 9).png().toBuffer()],
    ['two bytes', async () => Buffer.of(0xff, 0xd8)],
    ['nothing', async () => Buffer.alloc(0)],
  ])('leaves to others what is %s', async (_, make) => {
    expect(readOrdinaryJpeg(await make())).toBeNull();
  });

  it('leaves to others scans of single colours: a small file can have thousands, each as large as the picture', async () => {
    const bytes = await picture(9, 9).jpeg().toBuffer();
    const scan = bytes.indexOf(Buffer.of(0xff, 0xda));
    const oneColour = Buffer.of(0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0);
    expect(readOrdinaryJpeg(Buffer.concat([bytes.subarray(0, scan), oneColour, bytes.subarray(scan)]))).toBeNull();
  });

  it.each([
    ['TEM', [0xff, 0x01]],
    ['a restart', [0xff, 0xd3]],
    ['fill bytes', [0xff, 0xff]],
    ['a second beginning', [0xff, 0xd8]],
  ])('leaves to others a header with %s, behind which others may read another file', async (_, marker) => {
    const bytes = await picture(9, 9).jpeg().toBuffer();
    const hidden = Buffer.concat([bytes.subarray(0, 2), Buffer.from(marker), bytes.subarray(2)]);
    expect(readOrdinaryJpeg(hidden)).toBeNull();
    // The same with a length that would be stepped over.
    expect(
      readOrdinaryJpeg(Buffer.concat([bytes.subarray(0, 2), Buffer.from(marker), Buffer.of(0, 4, 0, 0), bytes.subarray(2)])),
    ).toBeNull();
  });

  it('says nothing of a header that is cut off, wherever', async () => {
    const bytes = await picture(9, 9).withMetadata({ orientation: 1 }).jpeg().toBuffer();
    const scan = bytes.indexOf(Buffer.of(0xff, 0xda));
    for (let length = 0; length < scan + 4; length++) expect(readOrdinaryJpeg(bytes.subarray(0, length))).toBeNull();
  });

  it('never throws, and never believes in a size of nothing, whatever the bytes', async () => {
    const bytes = await picture(9, 9).withMetadata({ orientation: 1 }).jpeg().toBuffer();
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const changed = Buffer.from(bytes);
        for (const [at, byte] of changes) changed[at] = byte;
        const header = readOrdinaryJpeg(changed);
        if (header) expect(header.width * header.height).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});

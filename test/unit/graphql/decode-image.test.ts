import { Readable } from 'node:stream';
import fc from 'fast-check';
import type { FileUpload } from 'graphql-upload-minimal';
import { decodeImage, readUpload } from '../../../src/graphql/prediction/decode-image';

const withCode = (code: string) => expect.objectContaining({ code });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });

function anUpload(content: Buffer[]): Promise<FileUpload> {
  return Promise.resolve({ createReadStream: () => Readable.from(content) } as unknown as FileUpload);
}

describe('an image in base64', () => {
  it('comes out as it went in, plain, as a data URI, or with line breaks', () => {
    fc.assert(
      fc.property(bytes, (image) => {
        const base64 = Buffer.from(image).toString('base64');
        const broken = base64.replace(/.{10}/g, '$&\r\n');
        for (const text of [
          base64,
          `data:image/png;base64,${base64}`,
          `DATA:image/png;base64,${base64}`,
          `data:image/png;charset=x;BASE64,${base64}`,
          broken,
        ]) {
          expect(Buffer.from(decodeImage(text, 1000))).toEqual(Buffer.from(image));
        }
      }),
    );
  });

  it.each(['', ' ', 'data:image/png;base64,', '!!!!', 'AAAA*AAA', 'AAA', 'AAAAA', 'data:image/png,AAAA', 'data:image/png'])(
    'is refused when it is none: "%s"',
    (text) => {
      expect(() => decodeImage(text, 1000)).toThrow(withCode('INVALID_IMAGE'));
    },
  );

  it('is refused by its size before it is decoded', () => {
    expect(decodeImage(Buffer.alloc(10).toString('base64'), 10)).toHaveLength(10);
    expect(() => decodeImage(Buffer.alloc(11).toString('base64'), 10)).toThrow(withCode('IMAGE_TOO_LARGE'));
  });
});

describe('an uploaded image', () => {
  it('is put together from its pieces', async () => {
    expect(await readUpload(anUpload([Buffer.from('ab'), Buffer.from('c')]), 3)).toEqual(Buffer.from('abc'));
  });

  it('may not be larger than allowed', async () => {
    await expect(readUpload(anUpload([Buffer.from('ab'), Buffer.from('cd')]), 3)).rejects.toEqual(withCode('IMAGE_TOO_LARGE'));
  });

  it('may not be empty', async () => {
    await expect(readUpload(anUpload([]), 3)).rejects.toEqual(withCode('INVALID_IMAGE'));
  });

  it('that breaks off is a sentence, not a fault', async () => {
    await expect(readUpload(Promise.reject(new Error('reset')), 3)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('broke off'),
    });
  });
});

import fc from 'fast-check';
import { grayscale } from '../../../src/tensor/image-steps';
import { type ByteImage, type Interpolation, pillowResize } from '../../../src/tensor/pillow-resize';
import golden from '../../fixtures/images/pillow-resize.json';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const source: ByteImage = { data: bytes(golden.rgb), width: golden.width, height: golden.height, channels: 3 };

describe('pillowResize', () => {
  it.each(golden.cases.map((one) => [one.interpolation as Interpolation, one.width, one.height, one.rgb] as const))(
    'equals Pillow on every value: %s to %dx%d',
    (interpolation, width, height, rgb) => {
      expect(Buffer.from(pillowResize(source, width, height, interpolation).data).equals(Buffer.from(rgb, 'base64'))).toBe(true);
    },
  );

  it('keeps an image of one colour one colour, at any size', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.nat(255),
        fc.constantFrom<Interpolation>('bilinear', 'bicubic'),
        (w, h, toW, toH, level, interpolation) => {
          const flat: ByteImage = { data: new Uint8Array(w * h * 3).fill(level), width: w, height: h, channels: 3 };
          const resized = pillowResize(flat, toW, toH, interpolation);
          expect(resized.data).toHaveLength(toW * toH * 3);
          expect(resized.data.every((value) => value === level)).toBe(true);
        },
      ),
    );
  });

  it('refuses a size that is none', () => {
    expect(() => pillowResize(source, 0, 5, 'bilinear')).toThrow(RangeError);
  });
});

describe('grayscale', () => {
  it('equals Pillow', () => {
    expect(Buffer.from(grayscale(source).data).equals(Buffer.from(golden.grey, 'base64'))).toBe(true);
  });
});

import fc from 'fast-check';
import { ImageKernels } from '../../../src/tensor/image-kernels';
import { grayscale } from '../../../src/tensor/image-steps';
import { type ByteImage, pillowResize } from '../../../src/tensor/pillow-resize';
import type { Interpolation } from '../../../src/tensor/resampling-weights';
import golden from '../../fixtures/images/pillow-resize.json';
import { anyPicture, picture } from './pictures';
import { plainPillowResize } from './plain-pillow-resize';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const source: ByteImage = { data: bytes(golden.rgb), width: golden.width, height: golden.height, channels: 3 };
const anInterpolation = fc.constantFrom<Interpolation>('bilinear', 'bicubic');
const kernels = new ImageKernels();

function expectSame(actual: ByteImage, expected: ByteImage): void {
  expect([actual.width, actual.height, actual.channels]).toEqual([expected.width, expected.height, expected.channels]);
  expect(Buffer.compare(actual.data, expected.data)).toBe(0);
}

describe('pillowResize', () => {
  it.each(golden.cases.map((one) => [one.interpolation as Interpolation, one.width, one.height, one.rgb] as const))(
    'equals Pillow on every value: %s to %dx%d',
    (interpolation, width, height, rgb) => {
      const resized = pillowResize(kernels, source, [height, width], interpolation);
      expect(Buffer.from(resized.data).equals(Buffer.from(rgb, 'base64'))).toBe(true);
    },
  );

  it('equals the plain computation on every value, whatever the sizes and the picture', () => {
    const side = fc.integer({ min: 1, max: 400 });
    fc.assert(
      fc.property(anyPicture(400), side, side, anInterpolation, (image, width, height, interpolation) => {
        expectSame(pillowResize(kernels, image, [height, width], interpolation), plainPillowResize(image, width, height, interpolation));
      }),
      { numRuns: 150 },
    );
  });

  it('computes of a region what lies there in the whole', () => {
    const side = fc.integer({ min: 1, max: 60 });
    const part = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
    const stretch = (length: number, [from, to]: readonly [number, number]) => {
      const begin = Math.floor(Math.min(from, to) * (length - 1));
      return [begin, Math.ceil(Math.max(from, to) * (length - begin - 1)) + 1] as const;
    };
    fc.assert(
      fc.property(anyPicture(80), side, side, part, part, anInterpolation, (image, width, height, across, down, interpolation) => {
        const [left, columns] = stretch(width, across);
        const [top, rows] = stretch(height, down);
        const whole = plainPillowResize(image, width, height, interpolation);
        const level = (x: number, y: number, channel: number) =>
          whole.data[((y + top) * width + x + left) * image.channels + channel] as number;
        const region = { left, top, width: columns, height: rows };
        expectSame(pillowResize(kernels, image, [height, width], interpolation, region), picture(columns, rows, level, image.channels));
      }),
    );
  });

  it.each([
    ['more rows than one band holds', 3, 60_000, 500, 300],
    ['a window that is longer than a band', 1, 6_000, 700, 2],
    ['a row that is longer than a strip', 70_000, 5, 40, 9],
    ['a target that is larger than what is kept', 40, 30, 3_000, 2_500],
  ])('takes %s', (_, width, height, toWidth, toHeight) => {
    const image = picture(width, height, (x, y, channel) => (x * 7 + y * 13 + channel * 101 + ((x * y) >> 3)) & 255);
    const resized = pillowResize(kernels, image, [toHeight, toWidth], 'bilinear');
    expectSame(resized, plainPillowResize(image, toWidth, toHeight, 'bilinear'));
  });

  it('refuses a picture that would take gigabytes', () => {
    const thread: ByteImage = { data: new Uint8Array(300_000_000), width: 1, height: 100_000_000, channels: 3 };
    expect(() => pillowResize(kernels, thread, [224, 224], 'bilinear')).toThrow('too long and thin');
  });

  it('keeps an image of one colour one colour, at any size', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), anInterpolation, (w, h, toW, toH, level, interpolation) => {
        const resized = pillowResize(
          kernels,
          picture(w, h, () => level),
          [toH, toW],
          interpolation,
        );
        expect(resized.data).toHaveLength(toW * toH * 3);
        expect(resized.data.every((value) => value === level)).toBe(true);
      }),
    );
  });

  it.each([
    [0, 5],
    [5, 0],
    [1.5, 2],
    [-1, 1],
  ] as const)('refuses a size that is none: %dx%d', (width, height) => {
    expect(() => pillowResize(kernels, source, [height, width], 'bilinear')).toThrow(RangeError);
  });
});

describe('grayscale', () => {
  it('equals Pillow', () => {
    expect(Buffer.from(grayscale(kernels, source).data).equals(Buffer.from(golden.grey, 'base64'))).toBe(true);
  });

  it("is Pillow's formula on every pixel, whatever the picture", () => {
    const colourPicture = anyPicture(200).filter(({ channels }) => channels === 3);
    fc.assert(
      fc.property(colourPicture, (image) => {
        const level = (x: number, y: number) => {
          const at = (y * image.width + x) * 3;
          const [red = 0, green = 0, blue = 0] = image.data.subarray(at, at + 3);
          return (red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16;
        };
        expectSame(grayscale(kernels, image), picture(image.width, image.height, level, 1));
      }),
    );
  });
});

import fc from 'fast-check';
import { ImageKernels } from '../../../src/tensor/image-kernels';
import { centerCrop, levelTables, resize, writeTensor } from '../../../src/tensor/image-steps';
import { anyPicture, picture } from './pictures';

const kernels = new ImageKernels();

describe('resize to a short side', () => {
  it.each([
    [100, 50, 20, [40, 20]],
    [50, 101, 20, [20, 40]],
    [30, 30, 20, [20, 20]],
  ])('%dx%d to %d follows torchvision, which truncates the long side', (width, height, side, expected) => {
    const image = resize(
      kernels,
      picture(width, height, () => 9),
      side,
      'bilinear',
    );
    expect([image.width, image.height]).toEqual(expected);
  });
});

describe('resize with a crop', () => {
  it('is the crop of the whole, also where the crop is larger and padded', () => {
    const side = fc.integer({ min: 1, max: 60 });
    const size = fc.oneof(side, fc.tuple(side, side));
    fc.assert(
      fc.property(anyPicture(90), size, fc.tuple(side, side), fc.constantFrom('bilinear', 'bicubic'), (image, to, crop, interpolation) => {
        const expected = centerCrop(resize(kernels, image, to, interpolation), crop);
        expect(resize(kernels, image, to, interpolation, crop)).toEqual(expected);
      }),
    );
  });
});

describe('centerCrop', () => {
  it.each([
    // An offset of one half is rounded to even, as Python rounds.
    [5, 2, 2],
    [7, 2, 2],
    [6, 2, 2],
  ])('of %d columns takes %d from column %d on', (width, wanted, first) => {
    const cropped = centerCrop(
      picture(width, 1, (x) => x, 1),
      [1, wanted],
    );
    expect([...cropped.data]).toEqual([first, first + 1]);
  });

  it('pads what is too small with black', () => {
    expect([
      ...centerCrop(
        picture(1, 1, () => 7, 1),
        [1, 4],
      ).data,
    ]).toEqual([0, 7, 0, 0]);
  });
});

describe('writeTensor', () => {
  const image = picture(2, 1, (x, _, channel) => 10 * x + channel);
  const tables = levelTables({ toUnit: false, mean: [], std: [] }, 3);

  it.each([
    ['NCHW', 'RGB', [0, 10, 1, 11, 2, 12]],
    ['NHWC', 'RGB', [0, 1, 2, 10, 11, 12]],
    ['NCHW', 'BGR', [2, 12, 1, 11, 0, 10]],
    ['NHWC', 'BGR', [2, 1, 0, 12, 11, 10]],
  ] as const)('lays out %s %s', (layout, channelOrder, expected) => {
    const target = new Float32Array(7);
    writeTensor(kernels, image, tables, { layout, channelOrder }, target, 1);
    expect([...target]).toEqual([0, ...expected]);
  });

  it.each(['NCHW', 'NHWC'] as const)('puts each level where it belongs, also in a picture that takes several pieces: %s', (layout) => {
    const [width, height] = [190, 180];
    const large = picture(width, height, (x, y, channel) => (x * 3 + y * 5 + channel * 7) & 255);
    const target = new Float32Array(width * height * 3);
    writeTensor(kernels, large, tables, { layout, channelOrder: 'RGB' }, target, 0);
    const planes = Float32Array.from(target, (_, i) => large.data[(i % (width * height)) * 3 + Math.floor(i / (width * height))] as number);
    expect(
      Buffer.compare(Buffer.from(target.buffer), Buffer.from((layout === 'NCHW' ? planes : Float32Array.from(large.data)).buffer)),
    ).toBe(0);
  });

  it('writes the levels themselves into bytes', () => {
    const target = new Uint8Array(6);
    writeTensor(kernels, image, tables, { layout: 'NHWC', channelOrder: 'RGB' }, target, 0);
    expect(target).toEqual(image.data);
  });
});

describe('levelTables', () => {
  it('rounds like PyTorch in float32: divide, subtract, divide', () => {
    const [table] = levelTables({ toUnit: true, mean: [0.485], std: [0.229] }, 1);
    expect(table?.[0]).toBe(Math.fround(Math.fround(0 - Math.fround(0.485)) / Math.fround(0.229)));
    expect(table?.[255]).toBe(Math.fround(Math.fround(1 - Math.fround(0.485)) / Math.fround(0.229)));
  });
});

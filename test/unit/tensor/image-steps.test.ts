import { imageFeatures } from '../../../src/tensor/image-features';
import { centerCrop, levelTables, resize, writeTensor } from '../../../src/tensor/image-steps';
import type { ByteImage } from '../../../src/tensor/pillow-resize';

function picture(width: number, height: number, level: (x: number, y: number, channel: number) => number, channels: 1 | 3 = 3): ByteImage {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels);
    data[i] = level(pixel % width, Math.floor(pixel / width), i % channels);
  }
  return { data, width, height, channels };
}

describe('resize to a short side', () => {
  it.each([
    [100, 50, 20, [40, 20]],
    [50, 101, 20, [20, 40]],
    [30, 30, 20, [20, 20]],
  ])('%dx%d to %d follows torchvision, which truncates the long side', (width, height, side, expected) => {
    const image = resize(
      picture(width, height, () => 9),
      side,
      'bilinear',
    );
    expect([image.width, image.height]).toEqual(expected);
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
    writeTensor(image, tables, { layout, channelOrder }, target, 1);
    expect([...target]).toEqual([0, ...expected]);
  });
});

describe('levelTables', () => {
  it('rounds like PyTorch in float32: divide, subtract, divide', () => {
    const [table] = levelTables({ toUnit: true, mean: [0.485], std: [0.229] }, 1);
    expect(table?.[0]).toBe(Math.fround(Math.fround(0 - Math.fround(0.485)) / Math.fround(0.229)));
    expect(table?.[255]).toBe(Math.fround(Math.fround(1 - Math.fround(0.485)) / Math.fround(0.229)));
  });
});

describe('imageFeatures', () => {
  it('are 0 and 1 where black and white say so', () => {
    const white = imageFeatures(picture(4, 4, () => 255));
    expect(white).toMatchObject({
      brightness: expect.closeTo(1, 12),
      contrast: expect.closeTo(0, 12),
      sharpness: expect.closeTo(0, 12),
      red: 1,
    });
    expect(imageFeatures(picture(4, 4, () => 0, 1))).toMatchObject({ brightness: 0, red: 0, green: 0, blue: 0 });
  });

  it('see a checkerboard as sharp and full of contrast', () => {
    const { contrast, sharpness } = imageFeatures(picture(6, 6, (x, y) => 255 * ((x + y) % 2), 1));
    expect(contrast).toBeCloseTo(0.5, 12);
    expect(sharpness).toBeCloseTo(16, 12);
  });

  it('have no sharpness where no pixel has four neighbours', () => {
    expect(imageFeatures(picture(2, 9, (x) => 255 * x)).sharpness).toBe(0);
  });
});

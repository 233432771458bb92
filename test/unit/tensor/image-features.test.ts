import fc from 'fast-check';
import { type ImageFeatures, imageFeatureNames, imageFeatures } from '../../../src/tensor/image-features';
import { ImageKernels } from '../../../src/tensor/image-kernels';
import { anyPicture, picture } from './pictures';
import { plainImageFeatures } from './plain-image-features';

const kernels = new ImageKernels();

function expectClose(actual: ImageFeatures, expected: ImageFeatures): void {
  for (const name of imageFeatureNames) {
    // The plain computation sees a little contrast in a picture of one colour; the exact one does not.
    expect(Math.abs(actual[name] - expected[name])).toBeLessThanOrEqual(1e-9 * expected[name] + 1e-12);
  }
}

describe('imageFeatures', () => {
  it('equal their definition, whatever the picture', () => {
    fc.assert(
      fc.property(anyPicture(60), (image) => {
        expectClose(imageFeatures(kernels, image), plainImageFeatures(image));
      }),
    );
  });

  it('take no notice of what the last picture left behind', () => {
    imageFeatures(
      kernels,
      picture(50, 50, () => 255),
    );
    const small = picture(5, 5, (x, y) => 20 * x + y);
    expectClose(imageFeatures(kernels, small), plainImageFeatures(small));
  });

  it('are 0 and 1 where black and white say so', () => {
    const all = (level: number) => ({ brightness: level, contrast: 0, sharpness: 0, red: level, green: level, blue: level });
    expect(
      imageFeatures(
        kernels,
        picture(4, 4, () => 255),
      ),
    ).toEqual(all(1));
    expect(
      imageFeatures(
        kernels,
        picture(4, 4, () => 0, 1),
      ),
    ).toEqual(all(0));
  });

  it('see a checkerboard as sharp and full of contrast', () => {
    const checkerboard = picture(6, 6, (x, y) => 255 * ((x + y) % 2), 1);
    expect(imageFeatures(kernels, checkerboard)).toMatchObject({ contrast: 0.5, sharpness: 16 });
  });

  it('lose nothing over millions of pixels', () => {
    const checkerboard = picture(2_048, 2_048, (x, y) => 255 * ((x + y) % 2));
    expect(imageFeatures(kernels, checkerboard)).toMatchObject({ brightness: 0.5, contrast: 0.5, sharpness: 16 });
  });

  it('see one level in one pixel of many', () => {
    const nearlyFlat = picture(200, 200, (x, y) => (x === 100 && y === 100 ? 129 : 128));
    const pixels = 40_000;
    expect(imageFeatures(kernels, nearlyFlat).contrast).toBeCloseTo(Math.sqrt((pixels - 1) / pixels ** 2) / 255, 15);
  });

  it('have no sharpness where no pixel has four neighbours', () => {
    expect(
      imageFeatures(
        kernels,
        picture(2, 9, (x) => 255 * x),
      ).sharpness,
    ).toBe(0);
  });
});

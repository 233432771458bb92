import type { PreprocessingStep } from '../model-registry/model-version';
import { centerCrop, grayscale, type PixelScale, resize } from '../tensor/image-steps';
import type { ByteImage } from '../tensor/pillow-resize';

/** The steps before the tensor, in order: what comes out is the last 8-bit image of the chain. */
export function applyPictureSteps(image: ByteImage, steps: readonly PreprocessingStep[]): ByteImage {
  return steps.reduce((current, step) => {
    switch (step.type) {
      case 'Resize':
        return resize(current, step.size, step.interpolation);
      case 'CenterCrop':
        return centerCrop(current, step.size);
      case 'Grayscale':
        return grayscale(current);
      default:
        return current;
    }
  }, image);
}

export function pixelScale(steps: readonly PreprocessingStep[]): PixelScale {
  const normalize = steps.find((step) => step.type === 'Normalize');
  return {
    toUnit: steps.some((step) => step.type === 'ToTensor'),
    mean: normalize?.type === 'Normalize' ? normalize.mean : [],
    std: normalize?.type === 'Normalize' ? normalize.std : [],
  };
}

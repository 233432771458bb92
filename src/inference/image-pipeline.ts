import type { PreprocessingStep } from '../model-registry/model-version';
import type { ImageKernels } from '../tensor/image-kernels';
import { centerCrop, grayscale, type PixelScale, resize } from '../tensor/image-steps';
import type { ByteImage } from '../tensor/pillow-resize';

/** The steps before the tensor, in order: what comes out is the last 8-bit image of the chain. */
export function applyPictureSteps(kernels: ImageKernels, image: ByteImage, steps: readonly PreprocessingStep[]): ByteImage {
  let current = image;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as PreprocessingStep;
    const next = steps[i + 1];
    if (step.type === 'Resize' && next?.type === 'CenterCrop') {
      current = resize(kernels, current, step.size, step.interpolation, next.size);
      i++;
    } else if (step.type === 'Resize') current = resize(kernels, current, step.size, step.interpolation);
    else if (step.type === 'CenterCrop') current = centerCrop(current, step.size);
    else if (step.type === 'Grayscale') current = grayscale(kernels, current);
  }
  return current;
}

export function pixelScale(steps: readonly PreprocessingStep[]): PixelScale {
  const normalize = steps.find((step) => step.type === 'Normalize');
  return {
    toUnit: steps.some((step) => step.type === 'ToTensor'),
    mean: normalize?.type === 'Normalize' ? normalize.mean : [],
    std: normalize?.type === 'Normalize' ? normalize.std : [],
  };
}

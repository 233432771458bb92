import { applyPictureSteps } from '../../../src/inference/image-pipeline';
import type { PreprocessingStep } from '../../../src/model-registry/model-version';
import { ImageKernels } from '../../../src/tensor/image-kernels';
import { centerCrop, grayscale, resize } from '../../../src/tensor/image-steps';
import { picture } from '../tensor/pictures';

const kernels = new ImageKernels();
const source = picture(61, 47, (x, y, channel) => (x * 31 + y * 17 + channel * 71) & 255);

describe('applyPictureSteps', () => {
  it('goes through all steps in their order, a crop with the resize before it', () => {
    const steps: PreprocessingStep[] = [
      { type: 'CenterCrop', size: [45, 60] },
      { type: 'Resize', size: 30, interpolation: 'bicubic' },
      { type: 'CenterCrop', size: [28, 29] },
      { type: 'Grayscale' },
      { type: 'Resize', size: [40, 50], interpolation: 'bilinear' },
      { type: 'ToTensor' },
    ];
    const cropped = centerCrop(resize(kernels, centerCrop(source, [45, 60]), 30, 'bicubic'), [28, 29]);
    expect(applyPictureSteps(kernels, source, steps)).toEqual(resize(kernels, grayscale(kernels, cropped), [40, 50], 'bilinear'));
  });

  it('leaves a picture as it is that has the size already', () => {
    const steps: PreprocessingStep[] = [{ type: 'Resize', size: [47, 61], interpolation: 'bilinear' }, { type: 'ToTensor' }];
    expect(applyPictureSteps(kernels, source, steps)).toBe(source);
  });
});

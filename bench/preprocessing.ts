/**
 * Milliseconds from a decoded picture to the input tensor and its features, in one thread: `node dist/bench/preprocessing.js`.
 * What a picture shows makes no difference to the time.
 */
import { applyPictureSteps, pixelScale } from '../src/inference/image-pipeline';
import type { PreprocessingStep } from '../src/model-registry/model-version';
import { imageFeatures } from '../src/tensor/image-features';
import { ImageKernels } from '../src/tensor/image-kernels';
import { levelTables, writeTensor } from '../src/tensor/image-steps';
import type { ByteImage } from '../src/tensor/pillow-resize';

const toTensor: readonly PreprocessingStep[] = [
  { type: 'ToTensor' },
  { type: 'Normalize', mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
];
const pipelines: Readonly<Record<string, readonly PreprocessingStep[]>> = {
  'Resize 224x224 bilinear': [{ type: 'Resize', size: [224, 224], interpolation: 'bilinear' }, ...toTensor],
  'Resize 224x224 bicubic': [{ type: 'Resize', size: [224, 224], interpolation: 'bicubic' }, ...toTensor],
  'Resize 256, CenterCrop 224': [
    { type: 'Resize', size: 256, interpolation: 'bilinear' },
    { type: 'CenterCrop', size: [224, 224] },
    ...toTensor,
  ],
};
const sizes = [
  [224, 224],
  [640, 480],
  [4_000, 3_000],
] as const;
const measureMs = 1_000;

function medianMs(work: () => void): number {
  const times: number[] = [];
  for (const end = performance.now() + measureMs; performance.now() < end; ) {
    const startedAt = performance.now();
    work();
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

const kernels = new ImageKernels();
const tensor = new Float32Array(3 * 224 * 224);
for (const [width, height] of sizes) {
  const image: ByteImage = { data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 31) >> 3), width, height, channels: 3 };
  for (const [name, steps] of Object.entries(pipelines)) {
    const tables = levelTables(pixelScale(steps), 3);
    const ms = medianMs(() => {
      const last = applyPictureSteps(kernels, image, steps);
      writeTensor(kernels, last, tables, { layout: 'NCHW', channelOrder: 'RGB' }, tensor, 0);
      imageFeatures(kernels, last);
    });
    console.log(`${`${width}x${height}`.padEnd(10)} ${name.padEnd(28)} ${ms.toFixed(3)} ms`);
  }
}

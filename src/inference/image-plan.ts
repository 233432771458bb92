import { AppError } from '../errors';
import type { PreprocessingStep, TensorSignature } from '../model-registry/model-version';
import type { TensorPlacement } from '../tensor/image-steps';
import type { Manifest } from './manifest';

/** How an image becomes the input tensor. */
export interface ImagePlan {
  readonly inputName: string;
  readonly datatype: 'FP16' | 'FP32' | 'UINT8';
  readonly steps: readonly PreprocessingStep[];
  readonly placement: TensorPlacement;
  readonly channels: 1 | 3;
  readonly width: number;
  readonly height: number;
}

const defaultSide = 224;
const imageNetMean = [0.485, 0.456, 0.406];
const imageNetStd = [0.229, 0.224, 0.225];

/** @throws AppError INVALID_INPUT when the steps and the model's input do not fit each other. */
export function planImage(inputs: readonly TensorSignature[], manifest: Manifest): ImagePlan {
  const [input] = inputs;
  if (!input || inputs.length !== 1 || input.shape.length !== 4) {
    throw new AppError('INVALID_INPUT', 'An image model must have exactly one input, with four dimensions ([N, C, H, W] or [N, H, W, C]).');
  }
  if (input.datatype !== 'FP32' && input.datatype !== 'FP16' && input.datatype !== 'UINT8') {
    throw new AppError('INVALID_INPUT', `The image input is ${input.datatype}; export the model with float32, float16 or uint8 input.`);
  }
  const layout =
    manifest.layout ??
    (input.shape[1] === 3 || input.shape[1] === 1 ? 'NCHW' : input.shape[3] === 3 || input.shape[3] === 1 ? 'NHWC' : 'NCHW');
  const [declaredChannels, height, width] = layout === 'NCHW' ? input.shape.slice(1) : [input.shape[3], input.shape[1], input.shape[2]];
  const steps = manifest.preprocessing?.map(normaliseStep) ?? defaultSteps(height ?? -1, width ?? -1);
  const channels = steps.some((step) => step.type === 'Grayscale') ? 1 : 3;
  const size = checkSteps(steps, channels);
  checkSide('channels', declaredChannels ?? -1, channels);
  checkSide('height', height ?? -1, size[0]);
  checkSide('width', width ?? -1, size[1]);
  return {
    inputName: input.name,
    datatype: input.datatype,
    steps,
    placement: { layout, channelOrder: manifest.channelOrder ?? 'RGB' },
    channels,
    height: size[0],
    width: size[1],
  };
}

function normaliseStep(step: NonNullable<Manifest['preprocessing']>[number]): PreprocessingStep {
  if (step.type === 'CenterCrop') return { type: 'CenterCrop', size: typeof step.size === 'number' ? [step.size, step.size] : step.size };
  return step;
}

function defaultSteps(height: number, width: number): PreprocessingStep[] {
  return [
    { type: 'Resize', size: [height > 0 ? height : defaultSide, width > 0 ? width : defaultSide], interpolation: 'bilinear' },
    { type: 'ToTensor' },
    { type: 'Normalize', mean: imageNetMean, std: imageNetStd },
  ];
}

/** Picture steps first, then one of ToTensor and PILToTensor, then perhaps Normalize. @returns the size of the tensor: height, width. */
function checkSteps(steps: readonly PreprocessingStep[], channels: number): readonly [height: number, width: number] {
  const tensorAt = steps.findIndex((step) => step.type === 'ToTensor' || step.type === 'PILToTensor');
  if (tensorAt === -1)
    throw new AppError('INVALID_INPUT', 'model.json: preprocessing needs a step ToTensor (0..1) or PILToTensor (0..255).');
  const after = steps.slice(tensorAt + 1);
  if (
    after.some((step) => step.type !== 'Normalize') ||
    after.length > 1 ||
    steps.slice(0, tensorAt).some((step) => step.type === 'Normalize')
  ) {
    throw new AppError('INVALID_INPUT', 'model.json: after ToTensor or PILToTensor only one Normalize may follow, and before it none.');
  }
  for (const step of after) if (step.type === 'Normalize') checkNormalize(step.mean, step.std, channels);
  const sized = steps.findLast((step) => step.type === 'CenterCrop' || (step.type === 'Resize' && typeof step.size !== 'number'));
  if (sized?.type === 'CenterCrop') return sized.size;
  const isLastGeometry = steps.findLast((step) => step.type === 'Resize' || step.type === 'CenterCrop') === sized;
  if (sized?.type === 'Resize' && typeof sized.size !== 'number' && isLastGeometry) return sized.size;
  throw new AppError(
    'INVALID_INPUT',
    'model.json: preprocessing must end at a fixed size: a Resize to [height, width], or a CenterCrop after a Resize of the short side.',
  );
}

function checkNormalize(mean: readonly number[], std: readonly number[], channels: number): void {
  if (mean.length !== channels || std.length !== channels) {
    throw new AppError('INVALID_INPUT', `model.json: Normalize needs ${channels} values of mean and of std, one a channel.`);
  }
  if (std.some((value) => value === 0)) throw new AppError('INVALID_INPUT', 'model.json: a std of Normalize is 0.');
}

function checkSide(name: string, declared: number, planned: number): void {
  if (declared === -1 || declared === planned) return;
  throw new AppError(
    'INVALID_INPUT',
    `The model wants ${name} ${declared}, but preprocessing makes ${planned}. Mend "preprocessing" in model.json.`,
  );
}

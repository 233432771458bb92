import { AppError } from '../../errors';
import type { ModelInput } from '../../model-registry/inference-engine';
import type { PredictCommand } from '../../prediction/predictor';
import type { RequestLimits } from '../services';
import { decodeImage, readUpload } from './decode-image';
import { defaultTopK, type PredictInput } from './predict.input';
import { readTensors } from './read-tensors';

const maxUnitIdLength = 512;
const maxIdempotencyKeyLength = 256;

/** @throws AppError INVALID_INPUT, INVALID_IMAGE, IMAGE_TOO_LARGE, BAD_USER_INPUT */
export async function toPredictCommand(input: PredictInput, limits: RequestLimits, wantsOutputs: boolean): Promise<PredictCommand> {
  assertWholeNumber('topK', topKOf(input), limits.maxTopK);
  if (input.deadlineMs != null) assertWholeNumber('deadlineMs', input.deadlineMs, 3_600_000);
  return {
    model: input.model,
    version: input.version ?? null,
    unitId: text('unitId', input.unitId, maxUnitIdLength),
    attributes: input.attributes ?? null,
    input: await toModelInput(input, limits),
    deadlineMs: input.deadlineMs ?? null,
    idempotencyKey: text('idempotencyKey', input.idempotencyKey, maxIdempotencyKeyLength),
    wantsOutputs,
  };
}

export function topKOf({ topK }: Pick<PredictInput, 'topK'>): number {
  return topK ?? defaultTopK;
}

async function toModelInput(input: PredictInput, limits: RequestLimits): Promise<ModelInput> {
  const { image, imageFile, features, tensors } = input;
  const given = [image, imageFile, features, tensors].filter((one) => one != null).length;
  if (given !== 1) {
    const many = given === 0 ? 'none of them' : `${given} of them`;
    throw new AppError('INVALID_INPUT', `Send exactly one of image, imageFile, features and tensors; this row has ${many}.`);
  }
  if (features != null) return { kind: 'features', features };
  if (image != null) return { kind: 'image', bytes: decodeImage(image, limits.maxImageBytes) };
  if (imageFile != null) return { kind: 'image', bytes: await readUpload(imageFile, limits.maxImageBytes) };
  return { kind: 'tensors', tensors: readTensors(tensors ?? []) };
}

function assertWholeNumber(name: string, value: number, highest: number): void {
  if (value >= 1 && value <= highest) return;
  throw new AppError('BAD_USER_INPUT', `${name} must be a whole number from 1 to ${highest}, not ${value}.`);
}

function text(name: string, value: string | null | undefined, maxLength: number): string | null {
  if (value == null) return null;
  if (value.length >= 1 && value.length <= maxLength) return value;
  throw new AppError(
    'BAD_USER_INPUT',
    `${name} must have 1 to ${maxLength} characters, not ${value.length}. Leave it out when there is none.`,
  );
}

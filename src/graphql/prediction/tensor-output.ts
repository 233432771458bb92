import { AppError } from '../../errors';
import { isTexts } from '../../open-inference/json-data';
import type { Tensor } from '../../open-inference/tensor';
import { halfToNumber } from '../../tensor/half-float';
import type { TensorOutputType } from './tensor.type';

/** Of all outputs of an answer; writing more as JSON would hold up everybody else. */
export const maxOutputElements = 1_000_000;

/** @throws AppError INVALID_INPUT when they are too many for JSON. */
export function toTensorOutputs(tensors: readonly Tensor[]): readonly TensorOutputType[] {
  const count = tensors.reduce((sum, { data }) => sum + data.length, 0);
  if (count > maxOutputElements) {
    throw new AppError(
      'INVALID_INPUT',
      `The outputs have ${count} elements; at most ${maxOutputElements} are answered here. Ask for them at /v2 as binary data.`,
    );
  }
  return tensors.map((tensor) => ({ name: tensor.name, datatype: tensor.datatype, shape: tensor.shape, data: toData(tensor) }));
}

function toData({ datatype, data }: Tensor): unknown {
  if (isTexts(data)) return data;
  const numbers = data as Float64Array;
  switch (datatype) {
    case 'INT64':
    case 'UINT64':
      return Array.from(data as BigInt64Array, toInteger);
    case 'BOOL':
      return Array.from(numbers, (element) => element !== 0);
    case 'FP16':
      return Array.from(numbers, (half) => toFloat(halfToNumber(half)));
    case 'FP32':
    case 'FP64':
      return Array.from(numbers, toFloat);
    default:
      return Array.from(numbers);
  }
}

function toInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function toFloat(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

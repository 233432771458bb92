import { AppError } from '../../errors';
import { readElements, readJsonElements } from '../../open-inference/json-data';
import { ProtocolError } from '../../open-inference/protocol-error';
import { type Datatype, datatypes, type Tensor, type TensorData } from '../../open-inference/tensor';
import { halfOverflow, numberToHalf } from '../../tensor/half-float';
import type { TensorInput } from './tensor.type';

/** More inputs than any graph that people serve. */
const maxTensors = 256;
const maxDimensions = 32;
const known: ReadonlySet<string> = new Set(datatypes);
/** What JSON has no numbers for. */
const nonFinite: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};
const digits = /^-?\d{1,20}$/;

type Head = Pick<Tensor, 'name' | 'datatype' | 'shape'>;

/** @throws AppError INVALID_INPUT naming the tensor (`details.tensor`). */
export function readTensors(given: readonly TensorInput[]): readonly Tensor[] {
  if (given.length < 1 || given.length > maxTensors)
    throw new AppError('INVALID_INPUT', `tensors has 1 to ${maxTensors} tensors, one for each input of the graph, not ${given.length}.`);
  const names = new Set<string>();
  return given.map((tensor) => {
    const { name } = tensor;
    if (names.size === names.add(name).size) throw refusal(name, `Tensor "${name}" is there twice.`);
    return readTensor(tensor);
  });
}

function readTensor({ name, datatype, shape, data }: TensorInput): Tensor {
  if (!known.has(datatype)) throw refusal(name, `Tensor "${name}": datatype must be one of ${datatypes.join(', ')}, not "${datatype}".`);
  if (shape.length > maxDimensions) throw refusal(name, `Tensor "${name}" has more than ${maxDimensions} dimensions.`);
  if (shape.some((side) => side < 0)) throw refusal(name, `Tensor "${name}": a side of its shape [${shape.join(', ')}] is negative.`);
  const head = { name, datatype: datatype as Datatype, shape };
  try {
    return { ...head, data: readData(head, readJsonElements(head, data)) };
  } catch (error) {
    throw error instanceof ProtocolError ? refusal(name, error.message, error) : error;
  }
}

/** What the protocol's own JSON cannot say is said in texts here, since there is no binary data beside it. */
function readData(head: Head, elements: readonly unknown[]): TensorData {
  const { name, datatype } = head;
  switch (datatype) {
    case 'FP16':
      return Uint16Array.from(readFloats(head, elements), numberToHalf);
    case 'FP32':
      return Float32Array.from(readFloats(head, elements));
    case 'FP64':
      return readFloats(head, elements);
    case 'INT64':
    case 'UINT64':
      return readElements(
        { name, datatype },
        elements.map((element, at) => exactInteger(head, element, at)),
      );
    default:
      return readElements({ name, datatype }, elements);
  }
}

function readFloats({ name, datatype }: Head, elements: readonly unknown[]): Float64Array {
  const data = new Float64Array(elements.length);
  for (const [at, element] of elements.entries()) {
    const text = typeof element === 'string' && Object.hasOwn(nonFinite, element) ? nonFinite[element] : undefined;
    if (text === undefined && (typeof element !== 'number' || !isInRange(datatype, element)))
      throw new ProtocolError(`Tensor "${name}": element ${at} is no number of ${datatype}; "NaN", "Infinity" and "-Infinity" are texts.`);
    data[at] = text ?? (element as number);
  }
  return data;
}

function isInRange(datatype: Datatype, value: number): boolean {
  if (datatype === 'FP16') return Math.abs(value) < halfOverflow;
  return Number.isFinite(datatype === 'FP32' ? Math.fround(value) : value);
}

function exactInteger({ name }: Head, element: unknown, at: number): unknown {
  if (typeof element === 'string' && digits.test(element)) return BigInt(element);
  if (typeof element === 'number' && Number.isInteger(element) && !Number.isSafeInteger(element))
    throw new ProtocolError(`Tensor "${name}": element ${at} is beyond 2^53, where numbers are rounded; send it as a text of its digits.`);
  return element;
}

function refusal(tensor: string, message: string, cause?: unknown): AppError {
  return new AppError('INVALID_INPUT', message, { details: { tensor }, ...(cause !== undefined && { cause }) });
}

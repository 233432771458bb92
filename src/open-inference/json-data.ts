import { ProtocolError } from './protocol-error';
import { type Datatype, elementCount, type NumericData, numericArrays, type Tensor, type TensorData } from './tensor';

type IntegerType = Exclude<Datatype, 'BOOL' | 'FP16' | 'FP32' | 'FP64' | 'BYTES'>;

interface ElementsHead {
  readonly name: string;
  readonly datatype: Exclude<Datatype, 'FP16'>;
}

const integerBits: Readonly<Record<IntegerType, number>> = {
  UINT8: 8,
  UINT16: 16,
  UINT32: 32,
  UINT64: 64,
  INT8: 8,
  INT16: 16,
  INT32: 32,
  INT64: 64,
};
/** Half of a pair: such a text has no UTF-8 form. */
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Elements from JSON: flat, or nested as the shape says.
 * @throws ProtocolError naming the tensor.
 */
export function readJsonData(head: Omit<Tensor, 'data'>, given: unknown): TensorData {
  const { name, datatype } = head;
  if (datatype === 'FP16') throw new ProtocolError(`Tensor "${name}": FP16 has no JSON form; send it as binary data.`);
  return readElements({ name, datatype }, readJsonElements(head, given));
}

/**
 * The elements of flat or nested data, as many as the shape says; what they are nobody has looked at.
 * @throws ProtocolError naming the tensor.
 */
export function readJsonElements({ name, shape }: Omit<Tensor, 'data'>, given: unknown): readonly unknown[] {
  // A tensor without dimensions has one element, which is nested in nothing.
  if (shape.length === 0 && !Array.isArray(given)) return [given];
  if (!Array.isArray(given)) throw new ProtocolError(`Tensor "${name}": "data" must be an array.`);
  const count = elementCount(shape);
  const isFlat = !given.some(Array.isArray);
  const elements: unknown[] = isFlat ? given : [];
  if (!isFlat) flatten(given, shape, 0, elements, name);
  if (elements.length !== count) {
    throw new ProtocolError(`Tensor "${name}": shape [${shape.join(', ')}] holds ${count} elements, but "data" has ${elements.length}.`);
  }
  return elements;
}

/** @throws ProtocolError naming the tensor, when an element is not one of its type. */
export function readElements({ name, datatype }: ElementsHead, elements: readonly unknown[]): TensorData {
  const refuse = (at: number, why: string) => {
    throw new ProtocolError(`Tensor "${name}": element ${at} ${why}.`);
  };
  switch (datatype) {
    case 'BYTES':
      return elements.map((element, at) => (isText(element) ? element : refuse(at, 'is not a text (BYTES)')) as string);
    case 'BOOL':
      return Uint8Array.from(
        elements,
        (element, at) => (typeof element === 'boolean' ? Number(element) : refuse(at, 'is not true or false')) as number,
      );
    case 'FP32':
    case 'FP64':
      return readFloats(datatype, elements, refuse);
    default:
      return readIntegers(datatype, elements, refuse);
  }
}

/** @throws ProtocolError for what JSON cannot say: FP16, and numbers that are not finite. */
export function writeJsonData({ name, datatype, data }: Tensor): string {
  if (datatype === 'FP16') throw new ProtocolError(`Tensor "${name}": FP16 has no JSON form; ask for it as binary data.`);
  if (isTexts(data)) return JSON.stringify(data);
  if (datatype === 'BOOL') return `[${Array.from(data as Uint8Array, (element) => (element ? 'true' : 'false')).join(',')}]`;
  if (datatype !== 'FP32' && datatype !== 'FP64') return `[${data.join(',')}]`;
  const texts = Array.from(data as Float64Array, (element) => {
    if (!Number.isFinite(element))
      throw new ProtocolError(`Tensor "${name}" holds ${element}, which JSON cannot say; ask for it as binary data.`);
    return Object.is(element, -0) ? '-0' : String(element);
  });
  return `[${texts.join(',')}]`;
}

export function isTexts(data: TensorData): data is readonly string[] {
  return Array.isArray(data);
}

export function isText(element: unknown): element is string {
  return typeof element === 'string' && !loneSurrogate.test(element);
}

function flatten(level: unknown, shape: readonly number[], depth: number, into: unknown[], name: string): void {
  if (depth === shape.length) {
    into.push(level);
    return;
  }
  if (!Array.isArray(level) || level.length !== shape[depth])
    throw new ProtocolError(`Tensor "${name}": "data" is neither flat nor nested as its shape [${shape.join(', ')}] says.`);
  for (const item of level) flatten(item, shape, depth + 1, into, name);
}

type Refuse = (at: number, why: string) => void;

function readFloats(datatype: 'FP32' | 'FP64', elements: readonly unknown[], refuse: Refuse): NumericData {
  const data = new numericArrays[datatype](elements.length);
  for (const [at, element] of elements.entries()) {
    if (typeof element !== 'number' && typeof element !== 'bigint') refuse(at, 'is not a number');
    data[at] = Number(element);
    // Also what is finite as JSON says it, but beyond the largest number of the type.
    if (!Number.isFinite(data[at])) refuse(at, `is outside the range of ${datatype}`);
  }
  return data;
}

function readIntegers(datatype: IntegerType, elements: readonly unknown[], refuse: Refuse): NumericData {
  const isSigned = datatype.startsWith('INT');
  const bits = integerBits[datatype];
  const lowest = isSigned ? -(2n ** BigInt(bits - 1)) : 0n;
  const highest = 2n ** BigInt(isSigned ? bits - 1 : bits) - 1n;
  const check = (element: unknown, at: number): bigint | number => {
    if (typeof element !== 'bigint' && !Number.isInteger(element)) refuse(at, `is not a whole number (${datatype})`);
    const value = element as bigint | number;
    if (value < lowest || value > highest) refuse(at, `is outside the range of ${datatype}`);
    return value;
  };
  if (datatype === 'INT64' || datatype === 'UINT64') {
    const data = new numericArrays[datatype](elements.length);
    for (const [at, element] of elements.entries()) data[at] = BigInt(check(element, at));
    return data;
  }
  const data = new numericArrays[datatype](elements.length);
  for (const [at, element] of elements.entries()) data[at] = Number(check(element, at));
  return data;
}

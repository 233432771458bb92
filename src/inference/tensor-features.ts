import type { InputFeatures } from '../events/event';
import type { TensorSignature } from '../model-registry/model-version';
import { isTexts } from '../open-inference/json-data';
import type { Tensor } from '../open-inference/tensor';
import { halfToNumber } from '../tensor/half-float';
import type { TabularInput } from './tabular-inputs';

/** What is kept of one input tensor of a raw model. */
export interface RecordedTensor {
  readonly input: string;
  /** Names of its elements, or of its mean and standard deviation. */
  readonly names: readonly string[];
  readonly isWhole: boolean;
}

/** Values of one tensor, and of all tensors, that a prediction is recorded with. */
const maxElements = 64;
const maxValues = 256;
const maxTextLength = 256;

/**
 * A tensor of few elements is recorded element by element, of a larger or open one its mean and standard deviation: that is what drift is
 * measured on, and a prediction must not take more room than its answer.
 */
export function recordedTensors(signatures: readonly TensorSignature[]): readonly RecordedTensor[] {
  let left = maxValues;
  return signatures.map(({ name, datatype, shape }) => {
    // The first dimension, where it is open, is that of rows: one, as a rule.
    const elements = shape.reduce((product, side, at) => product * (side === -1 && at === 0 ? 1 : side), 1);
    const isWhole = elements > 0 && elements <= Math.min(maxElements, left);
    const names = isWhole ? elementNames(name, elements) : datatype === 'BYTES' ? [] : [`${name}_mean`, `${name}_std`];
    const kept = names.length <= left ? names : [];
    left -= kept.length;
    return { input: name, names: kept, isWhole };
  });
}

/** A tensor with other elements than its signature promises (more rows) leaves its names at null: missing. */
export function tensorFeatures(recorded: readonly RecordedTensor[], inputs: readonly Tensor[]): InputFeatures {
  const features: Record<string, number | string | null> = {};
  for (const { input, names, isWhole } of recorded) {
    const tensor = inputs.find(({ name }) => name === input);
    const values = tensor ? (isWhole ? elementsOf(tensor) : momentsOf(tensor)) : [];
    for (const [at, name] of names.entries()) features[name] = (values.length === names.length ? values[at] : null) ?? null;
  }
  return features;
}

/** The tensors of one row of a tabular model, by its features, which lie in their order. */
export function rowFeatures(inputs: readonly TabularInput[], tensors: readonly Tensor[]): InputFeatures {
  const pairs = inputs.flatMap(({ signature, features }) => {
    const tensor = tensors.find(({ name }) => name === signature.name);
    const values = tensor ? elementsOf(tensor) : [];
    return features.map((feature, at) => [feature.name, values[at] ?? null] as const);
  });
  return Object.fromEntries(pairs);
}

/** The values of a tensor as records have them: finite numbers and short texts. */
function elementsOf(tensor: Tensor): readonly (number | string | null)[] {
  const { data } = tensor;
  return isTexts(data) ? data.map(storable) : Array.from(numbersOf(tensor), finite);
}

function momentsOf(tensor: Tensor): readonly (number | null)[] {
  if (isTexts(tensor.data)) return [];
  let count = 0;
  let mean = 0;
  let squares = 0;
  // Welford: a sum of squares would lose the spread of large numbers.
  for (const value of numbersOf(tensor)) {
    count++;
    const distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }
  return count === 0 ? [null, null] : [finite(mean), finite(Math.sqrt(squares / count))];
}

/** As plain numbers: what drift sees of an INT64 beyond 2^53 is rounded. */
export function numbersOf({ datatype, data }: Tensor): Float32Array | Float64Array {
  if (datatype === 'FP32' || datatype === 'FP64') return data as Float32Array | Float64Array;
  const numbers = data as ArrayLike<number | bigint>;
  return Float64Array.from(numbers, datatype === 'FP16' ? (half) => halfToNumber(half as number) : Number);
}

/** The database keeps neither U+0000 nor half of a surrogate pair, which a cut may leave. */
function storable(text: string): string {
  return text.slice(0, maxTextLength).toWellFormed().replaceAll('\u0000', '\uFFFD');
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function elementNames(name: string, count: number): readonly string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, at) => `${name}_${at}`);
}

import { type Field, messageField, textField, varintField, writeFields } from '../../../src/inference/protobuf-wire';

/** Writes small ONNX files for tests, field by field after onnx.proto3. */

const elementTypes = { FP32: 1, INT32: 6, INT64: 7, BYTES: 8, FP16: 10, FP64: 11 } as const;
export type ElementType = keyof typeof elementTypes;
type Dimension = number | string;
type AttributeValue = number | string | readonly bigint[] | readonly number[] | readonly string[] | { readonly floats: readonly number[] };

export interface OnnxModel {
  readonly inputs: readonly Field[];
  readonly outputs: readonly Field[];
  readonly nodes: readonly Field[];
  readonly weights?: readonly Field[];
  readonly metadata?: Readonly<Record<string, string>>;
}

export function onnxModel({ inputs, outputs, nodes, weights = [], metadata = {} }: OnnxModel): Uint8Array {
  const graph = [
    ...nodes.map((node) => wrap(1, node)),
    textField(2, 'test'),
    ...weights.map((weight) => wrap(5, weight)),
    ...inputs.map((input) => wrap(11, input)),
    ...outputs.map((output) => wrap(12, output)),
  ];
  const opset = (domain: string, version: number) => messageField(8, [textField(1, domain), varintField(2, version)]);
  const notes = Object.entries(metadata).map(([key, value]) => messageField(14, [textField(1, key), textField(2, value)]));
  return writeFields([varintField(1, 8), messageField(7, graph), opset('', 13), opset('ai.onnx.ml', 1), ...notes]);
}

/** A name stands for a dimension that the request decides. */
export function tensorValue(name: string, type: ElementType, shape: readonly Dimension[]): Field {
  const dimensions = shape.map((side) => messageField(1, [typeof side === 'number' ? varintField(1, side) : textField(2, side)]));
  return messageField(0x1, [
    textField(1, name),
    messageField(2, [messageField(1, [varintField(1, elementTypes[type]), messageField(2, dimensions)])]),
  ]);
}

/** The sequence of maps from class to probability that sklearn exports answer. */
export function mapsValue(name: string): Field {
  const floats = messageField(2, [messageField(1, [varintField(1, elementTypes.FP32)])]);
  const map = messageField(5, [varintField(1, elementTypes.INT64), floats]);
  return messageField(0x1, [textField(1, name), messageField(2, [messageField(4, [messageField(1, [map])])])]);
}

export function floatWeights(name: string, shape: readonly number[], values: readonly number[]): Field {
  return weights(name, 'FP32', shape, new Uint8Array(Float32Array.from(values).buffer));
}

/** Floats that lie in a file beside the model: data_location 14 says so, external_data 13 where. */
export function externalWeights(name: string, shape: readonly number[], location: string): Field {
  const entry = messageField(13, [textField(1, 'location'), textField(2, location)]);
  const sides = shape.map((side) => varintField(1, side));
  return messageField(0x1, [...sides, varintField(2, elementTypes.FP32), textField(8, name), entry, varintField(14, 1)]);
}

export function integerWeights(name: string, shape: readonly number[], values: readonly bigint[]): Field {
  return weights(name, 'INT64', shape, new Uint8Array(BigInt64Array.from(values).buffer));
}

export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = '',
): Field {
  return messageField(0x1, [
    ...inputs.map((input) => textField(1, input)),
    ...outputs.map((output) => textField(2, output)),
    textField(4, operator),
    ...Object.entries(attributes).map(([name, value]) => messageField(5, [textField(1, name), ...attribute(value)])),
    textField(7, domain),
  ]);
}

function weights(name: string, type: ElementType, shape: readonly number[], raw: Uint8Array): Field {
  return messageField(0x1, [
    ...shape.map((side) => varintField(1, side)),
    varintField(2, elementTypes[type]),
    textField(8, name),
    { number: 9, type: 'bytes', value: raw },
  ]);
}

/** AttributeProto: i 3, s 4, floats 7, ints 8, strings 9; its type in 20. */
function attribute(value: AttributeValue): Field[] {
  if (typeof value === 'number') return [varintField(3, value), varintField(20, 2)];
  if (typeof value === 'string') return [textField(4, value), varintField(20, 3)];
  if ('floats' in value) return [...value.floats.map(floatField), varintField(20, 6)];
  const [first] = value;
  if (typeof first === 'string') return [...value.map((text) => textField(9, String(text))), varintField(20, 8)];
  return [...value.map((integer) => ({ number: 8, type: 'varint', value: BigInt(integer) }) as const), varintField(20, 7)];
}

function floatField(value: number): Field {
  return { number: 7, type: 'fixed', value: new Uint8Array(Float32Array.of(value).buffer) };
}

/** The parts above are made without knowing where they will stand. */
function wrap(number: number, { value }: Field): Field {
  return { number, type: 'bytes', value: value as Uint8Array };
}

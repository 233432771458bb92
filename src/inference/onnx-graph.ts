import type { TensorDatatype } from '../model-registry/model-version';
import { type Field, readFields, readPackedVarints } from './protobuf-wire';

/** What an input or output of the graph is. Dimensions: -1 where the file names a symbol or nothing; no shape (null): not even their number. */
export type ValueType =
  | {
      readonly kind: 'tensor';
      readonly datatype: TensorDatatype | null;
      readonly elementType: number;
      readonly shape: readonly number[] | null;
    }
  | { readonly kind: 'other'; readonly name: 'sequence' | 'map' | 'optional' | 'unknown' };

export interface GraphValue {
  readonly name: string;
  readonly type: ValueType;
}

export interface GraphNode {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, NodeAttribute>;
}

export interface NodeAttribute {
  readonly integers: readonly bigint[];
  readonly texts: readonly string[];
  readonly floatCount: number;
}

export interface OnnxGraph {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly nodes: readonly GraphNode[];
  readonly parameterCount: number | null;
  readonly metadata: ReadonlyMap<string, string>;
  /** Files beside the model that hold weights, as it names them. */
  readonly externalFiles: readonly string[];
}

/** Field numbers of onnx.proto3. */
export const modelField = { graph: 7, opsetImport: 8, metadata: 14 } as const;
export const graphField = { node: 1, initializer: 5, input: 11, output: 12, sparseInitializer: 15 } as const;
export const nodeField = { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 } as const;

/** TensorProto.DataType by number. BFLOAT16 and the 8-bit floats have no name in the protocol we speak. */
const datatypes: Readonly<Record<number, TensorDatatype>> = {
  1: 'FP32',
  2: 'UINT8',
  3: 'INT8',
  4: 'UINT16',
  5: 'INT16',
  6: 'INT32',
  7: 'INT64',
  8: 'BYTES',
  9: 'BOOL',
  10: 'FP16',
  11: 'FP64',
  12: 'UINT32',
  13: 'UINT64',
};

/** @throws WireFormatError when the bytes are not protobuf; RangeError when they are, but not a model with a graph. */
export function readOnnxGraph(bytes: Uint8Array): OnnxGraph {
  const model = readFields(bytes);
  const graphBytes = bytesOf(model, modelField.graph)[0];
  if (!graphBytes) throw new RangeError('it holds no graph');
  const graph = readFields(graphBytes);
  const initializers = bytesOf(graph, graphField.initializer).map(readInitializer);
  const weightNames = new Set(initializers.map((initializer) => initializer.name));
  const nodes = bytesOf(graph, graphField.node).map(readNode);
  const outputs = bytesOf(graph, graphField.output).map(readValue);
  if (outputs.length === 0 || nodes.length === 0) throw new RangeError('its graph computes nothing');
  return {
    // Old exporters list the weights among the inputs.
    inputs: bytesOf(graph, graphField.input)
      .map(readValue)
      .filter((input) => !weightNames.has(input.name)),
    outputs,
    nodes,
    parameterCount: countParameters(initializers, nodes),
    metadata: new Map(bytesOf(model, modelField.metadata).map(readEntry)),
    externalFiles: [...new Set(initializers.flatMap(({ externalFile }) => (externalFile === null ? [] : [externalFile])))],
  };
}

export function bytesOf(fields: readonly Field[], number: number): Uint8Array[] {
  return fields.flatMap((field) => (field.number === number && field.type === 'bytes' ? [field.value] : []));
}

function textsOf(fields: readonly Field[], number: number): string[] {
  return bytesOf(fields, number).map(text);
}

/** Repeated integers, packed or not: writers differ. */
function integersOf(fields: readonly Field[], number: number): bigint[] {
  return fields.flatMap((field) => {
    if (field.number !== number) return [];
    if (field.type === 'varint') return [BigInt.asIntN(64, field.value)];
    return field.type === 'bytes' ? readPackedVarints(field.value) : [];
  });
}

const text = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

interface Initializer {
  readonly name: string;
  readonly elements: number;
  /** Null: its values are in the graph. */
  readonly externalFile: string | null;
}

/** In the entries of `external_data` the file has the key `location`. */
function locationOf(fields: readonly Field[]): string {
  return new Map(bytesOf(fields, 13).map(readEntry)).get('location') ?? '';
}

function readInitializer(bytes: Uint8Array): Initializer {
  const fields = readFields(bytes);
  const elements = integersOf(fields, 1).reduce((product, side) => product * Number(side), 1);
  return { name: textsOf(fields, 8)[0] ?? '', elements, externalFile: integersOf(fields, 14)[0] === 1n ? locationOf(fields) : null };
}

export function readNode(bytes: Uint8Array): GraphNode {
  const fields = readFields(bytes);
  return {
    operator: textsOf(fields, nodeField.operator)[0] ?? '',
    domain: textsOf(fields, nodeField.domain)[0] ?? '',
    inputs: textsOf(fields, nodeField.input),
    outputs: textsOf(fields, nodeField.output),
    attributes: new Map(bytesOf(fields, nodeField.attribute).map(readAttribute)),
  };
}

function readAttribute(bytes: Uint8Array): [string, NodeAttribute] {
  const fields = readFields(bytes);
  const packedFloats = bytesOf(fields, 7).reduce((sum, floats) => sum + floats.length / 4, 0);
  const looseFloats = fields.filter((field) => field.number === 7 && field.type === 'fixed').length;
  return [
    textsOf(fields, 1)[0] ?? '',
    { integers: integersOf(fields, 8), texts: textsOf(fields, 9), floatCount: packedFloats + looseFloats },
  ];
}

export function readValue(bytes: Uint8Array): GraphValue {
  const fields = readFields(bytes);
  const type = bytesOf(fields, 2)[0];
  return { name: textsOf(fields, 1)[0] ?? '', type: type ? readType(readFields(type)) : { kind: 'other', name: 'unknown' } };
}

function readType(fields: readonly Field[]): ValueType {
  const tensor = bytesOf(fields, 1)[0];
  if (tensor) {
    const parts = readFields(tensor);
    const elementType = Number(integersOf(parts, 1)[0] ?? 0n);
    const shape = bytesOf(parts, 2)[0];
    return { kind: 'tensor', elementType, datatype: datatypes[elementType] ?? null, shape: shape ? readShape(shape) : null };
  }
  if (bytesOf(fields, 4)[0]) return { kind: 'other', name: 'sequence' };
  if (bytesOf(fields, 5)[0]) return { kind: 'other', name: 'map' };
  return { kind: 'other', name: bytesOf(fields, 9)[0] ? 'optional' : 'unknown' };
}

function readShape(bytes: Uint8Array): number[] {
  return bytesOf(readFields(bytes), 1).map((dimension) => {
    const size = integersOf(readFields(dimension), 1)[0];
    // Some writers store 0 or -1 where the size is open.
    return size === undefined || size <= 0n ? -1 : Number(size);
  });
}

function readEntry(bytes: Uint8Array): [string, string] {
  const fields = readFields(bytes);
  return [textsOf(fields, 1)[0] ?? '', textsOf(fields, 2)[0] ?? ''];
}

/** Weights live in initializers, those of classical models in the attributes of ai.onnx.ml operators. Null: none found. */
function countParameters(initializers: readonly Initializer[], nodes: readonly GraphNode[]): number | null {
  let count = initializers.reduce((sum, initializer) => sum + initializer.elements, 0);
  for (const node of nodes) {
    if (node.domain !== 'ai.onnx.ml') continue;
    for (const attribute of node.attributes.values()) count += attribute.floatCount;
  }
  return count === 0 ? null : count;
}

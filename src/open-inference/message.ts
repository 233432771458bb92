import { readBinaryData, writeBinaryData } from './binary-data';
import { parseExactJson } from './exact-json';
import { readJsonData, writeJsonData } from './json-data';
import { ProtocolError } from './protocol-error';
import { type Datatype, datatypes, type Tensor } from './tensor';

/** The header of HTTP that tells how many bytes of a body are JSON; what follows them is binary data. */
export const headerLengthName = 'inference-header-content-length';

/** A request or an answer as it goes over the wire. */
export interface Message {
  readonly body: Uint8Array;
  /** Bytes of JSON at the front of the body; null: all of it. */
  readonly headerLength: number | null;
}

export type JsonObject = Readonly<Record<string, unknown>>;
/** Extensions put what they like here; who knows a key reads it. */
export type Parameters = JsonObject;

const maxDimensions = 32;
const knownDatatypes: ReadonlySet<unknown> = new Set(datatypes);

/** The JSON at the front of a message, and the binary data behind it, which is handed out in order. */
export class MessageReader {
  readonly json: JsonObject;
  readonly #binary: Uint8Array;
  #at = 0;

  /** @throws ProtocolError */
  constructor({ body, headerLength }: Message) {
    if (headerLength !== null && (!Number.isSafeInteger(headerLength) || headerLength < 0 || headerLength > body.length)) {
      throw new ProtocolError(`Inference-Header-Content-Length is ${headerLength}, but the body has ${body.length} bytes.`);
    }
    const json = parseExactJson(decodeHeader(body.subarray(0, headerLength ?? body.length)));
    if (!isObject(json)) throw new ProtocolError('The JSON of the message must be an object.');
    this.json = json;
    this.#binary = headerLength === null ? new Uint8Array(0) : body.subarray(headerLength);
  }

  /** The tensors in the list under this key. */
  tensors(key: 'inputs' | 'outputs'): readonly Tensor[] {
    const list = this.json[key];
    if (!Array.isArray(list)) throw new ProtocolError(`"${key}" must be an array of tensors.`);
    const tensors = list.map((item: unknown, index) => this.#tensor(item, `${key}[${index}]`));
    const twice = firstTwice(tensors.map(({ name }) => name));
    if (twice !== null) throw new ProtocolError(`"${key}" has two tensors "${twice}".`);
    const left = this.#binary.length - this.#at;
    if (left > 0) throw new ProtocolError(`${left} bytes of binary data belong to no tensor; each needs its "binary_data_size".`);
    return tensors;
  }

  #tensor(item: unknown, place: string): Tensor {
    if (!isObject(item)) throw new ProtocolError(`${place} must be an object.`);
    const { name, datatype, data } = item;
    if (typeof name !== 'string') throw new ProtocolError(`${place} has no "name".`);
    const head = { name, datatype: readDatatype(name, datatype), shape: readShape(name, item.shape) };
    const parameters = readParameters(item.parameters, `tensor "${name}"`);
    const size = parameters.binary_data_size;
    if (parameters.shared_memory_region !== undefined)
      throw new ProtocolError(`Tensor "${name}": shared memory is not supported; send the data.`);
    if (size === undefined) {
      if (data === undefined) throw new ProtocolError(`Tensor "${name}" has neither "data" nor a "binary_data_size".`);
      return { ...head, data: readJsonData(head, data) };
    }
    if (data !== undefined) throw new ProtocolError(`Tensor "${name}" has both "data" and a "binary_data_size".`);
    return { ...head, data: readBinaryData(head, this.#take(name, size)) };
  }

  #take(name: string, size: unknown): Uint8Array {
    if (!isCount(size))
      throw new ProtocolError(`Tensor "${name}": "binary_data_size" must be a whole number of bytes, not ${String(size)}.`);
    const from = this.#at;
    this.#at += size;
    if (this.#at > this.#binary.length) {
      throw new ProtocolError(
        `Tensor "${name}" wants ${size} bytes of binary data, but only ${this.#binary.length - from} are left behind the JSON.`,
      );
    }
    return this.#binary.subarray(from, this.#at);
  }
}

/** @param rest what stands beside the tensors. */
export function writeMessage(
  rest: JsonObject,
  key: 'inputs' | 'outputs',
  tensors: readonly Tensor[],
  isBinary: (tensor: Tensor) => boolean,
): Message {
  const binaries: Uint8Array[] = [];
  const texts = tensors.map((tensor) => {
    const { name, datatype, shape } = tensor;
    if (!isBinary(tensor)) return `${open({ name, datatype, shape })}"data":${writeJsonData(tensor)}}`;
    const bytes = writeBinaryData(tensor);
    binaries.push(bytes);
    return JSON.stringify({ name, datatype, shape, parameters: { binary_data_size: bytes.length } });
  });
  const header = new TextEncoder().encode(`${open(rest)}"${key}":[${texts.join(',')}]}`);
  if (binaries.length === 0) return { body: header, headerLength: null };
  return { body: joined([header, ...binaries]), headerLength: header.length };
}

/** @throws ProtocolError */
export function readParameters(value: unknown, place: string): Parameters {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new ProtocolError(`"parameters" of ${place} must be an object.`);
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A name that stands there a second time; null: none does. */
export function firstTwice(names: readonly string[]): string | null {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size) ?? null;
}

/** An object's JSON with its end left open for one more key. */
function open(value: JsonObject): string {
  const text = JSON.stringify(value);
  return text === '{}' ? '{' : `${text.slice(0, -1)},`;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function decodeHeader(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ProtocolError('The JSON of the message is not UTF-8; a body with binary data needs Inference-Header-Content-Length.', {
      cause,
    });
  }
}

function readDatatype(name: string, datatype: unknown): Datatype {
  if (knownDatatypes.has(datatype)) return datatype as Datatype;
  if (datatype === 'BF16') throw new ProtocolError(`Tensor "${name}": BF16 is not supported; send FP32.`);
  throw new ProtocolError(`Tensor "${name}": "datatype" must be one of ${datatypes.join(', ')}.`);
}

function readShape(name: string, shape: unknown): readonly number[] {
  if (!Array.isArray(shape) || !shape.every(isCount))
    throw new ProtocolError(`Tensor "${name}": "shape" must be an array of whole numbers, none of them negative.`);
  if (shape.length > maxDimensions) throw new ProtocolError(`Tensor "${name}" has more than ${maxDimensions} dimensions.`);
  return shape;
}

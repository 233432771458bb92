import { isObject, type JsonObject } from './message';
import { ProtocolError } from './protocol-error';
import { type Datatype, datatypes } from './tensor';

export interface TensorMetadata {
  readonly name: string;
  /** Null: a type that has no name here (BF16). */
  readonly datatype: Datatype | null;
  /** -1: a dimension that the request decides. */
  readonly shape: readonly number[];
}

/** Servers that know little of their models leave lists empty. */
export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

const knownDatatypes: ReadonlySet<unknown> = new Set(datatypes);

/** @throws ProtocolError */
export function readModelMetadata(json: unknown): ModelMetadata {
  if (!isObject(json)) throw new ProtocolError("The model's metadata must be an object.");
  const { name, versions, platform } = json;
  return {
    name: typeof name === 'string' ? name : '',
    versions: Array.isArray(versions) ? versions.map(String) : [],
    platform: typeof platform === 'string' ? platform : '',
    inputs: readSignatures(json, 'inputs'),
    outputs: readSignatures(json, 'outputs'),
  };
}

/** What a server says it can beyond the protocol; none where it does not say. */
export function readExtensions(json: unknown): readonly string[] {
  const extensions = isObject(json) ? json.extensions : null;
  return Array.isArray(extensions) ? extensions.filter((one) => typeof one === 'string') : [];
}

function readSignatures(json: JsonObject, key: 'inputs' | 'outputs'): readonly TensorMetadata[] {
  const list = json[key] ?? [];
  if (!Array.isArray(list)) throw new ProtocolError(`The model's metadata lists no ${key}.`);
  return list.map((item: unknown) => {
    if (!isObject(item) || typeof item.name !== 'string' || !Array.isArray(item.shape) || !item.shape.every(Number.isSafeInteger))
      throw new ProtocolError(`The model's metadata has one of "${key}" without name or shape.`);
    const datatype = knownDatatypes.has(item.datatype) ? (item.datatype as Datatype) : null;
    return { name: item.name, datatype, shape: item.shape.map((side: number) => (side < 0 ? -1 : side)) };
  });
}

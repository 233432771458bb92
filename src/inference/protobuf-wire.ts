/**
 * The protobuf wire format (https://protobuf.dev/programming-guides/encoding/), as much as reading and rewriting an ONNX file needs:
 * a message is a list of fields whose values are views into the file, so that weights are never copied.
 */

export type Field =
  | { readonly number: number; readonly type: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly type: 'bytes'; readonly value: Uint8Array }
  /** 32 and 64 bit values, kept as they lie in the file. */
  | { readonly number: number; readonly type: 'fixed'; readonly value: Uint8Array };

export class WireFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireFormatError';
  }
}

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** @throws WireFormatError when the bytes are not a protobuf message. */
export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > bytes.length) throw new WireFormatError('a field reaches beyond its message');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = readVarint(bytes, at);
    at = key.next;
    const number = Number(key.value >> 3n);
    if (number < 1) throw new WireFormatError('a field has no number');
    const wireType = Number(key.value & 7n);
    if (wireType === wireTypes.varint) {
      const { value, next } = readVarint(bytes, at);
      at = next;
      fields.push({ number, type: 'varint', value });
    } else if (wireType === wireTypes.bytes) {
      const length = readVarint(bytes, at);
      at = length.next;
      fields.push({ number, type: 'bytes', value: take(Number(length.value)) });
    } else if (wireType === wireTypes.fixed32) fields.push({ number, type: 'fixed', value: take(4) });
    else if (wireType === wireTypes.fixed64) fields.push({ number, type: 'fixed', value: take(8) });
    else throw new WireFormatError(`wire type ${wireType} is not in use`);
  }
  return fields;
}

function readVarint(bytes: Uint8Array, from: number): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value, next: from + i + 1 };
  }
  throw new WireFormatError('a number does not end');
}

/** Varints packed into one value, as repeated integers are. */
export function readPackedVarints(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, next } = readVarint(bytes, at);
    values.push(BigInt.asIntN(64, value));
    at = next;
  }
  return values;
}

export function writeFields(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields.flatMap(encodeField));
}

function encodeField(field: Field): Uint8Array[] {
  switch (field.type) {
    case 'varint':
      return [encodeVarint((BigInt(field.number) << 3n) | BigInt(wireTypes.varint)), encodeVarint(BigInt.asUintN(64, field.value))];
    case 'fixed': {
      const wireType = field.value.length === 4 ? wireTypes.fixed32 : wireTypes.fixed64;
      return [encodeVarint((BigInt(field.number) << 3n) | BigInt(wireType)), field.value];
    }
    case 'bytes':
      return [encodeVarint((BigInt(field.number) << 3n) | BigInt(wireTypes.bytes)), encodeVarint(BigInt(field.value.length)), field.value];
  }
}

function encodeVarint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

export function textField(number: number, text: string): Field {
  return { number, type: 'bytes', value: Buffer.from(text, 'utf8') };
}

export function messageField(number: number, fields: readonly Field[]): Field {
  return { number, type: 'bytes', value: writeFields(fields) };
}

export function varintField(number: number, value: number): Field {
  return { number, type: 'varint', value: BigInt(value) };
}

/** Arrays in PostgreSQL's binary format: nothing is quoted here and nothing is unquoted there, and what is UTF-8 already stays as it is. */

/** From pg_type.dat; these never change. */
const oids = { text: 25, float8: 701, jsonb: 3802 } as const;
/** Before each element: its length. */
const lengthBytes = 4;
const jsonbVersion = 1;

export function textArray(values: readonly string[]): Buffer {
  const { bytes, start } = allocate(
    oids.text,
    values.length,
    values.reduce((sum, value) => sum + Buffer.byteLength(value), 0),
  );
  let offset = start;
  for (const value of values) {
    const length = bytes.write(value, offset + lengthBytes, 'utf8');
    offset = bytes.writeInt32BE(length, offset) + length;
  }
  return bytes;
}

export function float8Array(values: readonly number[]): Buffer {
  const { bytes, start } = allocate(oids.float8, values.length, 8 * values.length);
  let offset = start;
  for (const value of values) offset = bytes.writeDoubleBE(value, bytes.writeInt32BE(8, offset));
  return bytes;
}

/** `texts`: JSON as UTF-8. */
export function jsonbArray(texts: readonly Buffer[]): Buffer {
  const { bytes, start } = allocate(
    oids.jsonb,
    texts.length,
    texts.reduce((sum, text) => sum + 1 + text.length, 0),
  );
  let offset = start;
  for (const text of texts) {
    offset = bytes.writeInt8(jsonbVersion, bytes.writeInt32BE(1 + text.length, offset));
    offset += text.copy(bytes, offset);
  }
  return bytes;
}

/** An array with its header written; `contentBytes`: those of all elements, without their lengths. */
function allocate(oid: number, count: number, contentBytes: number): { readonly bytes: Buffer; readonly start: number } {
  // Dimensions, whether there are nulls, the type of the elements; then for the one dimension: how many, and the index of the first.
  const header = count === 0 ? [0, 0, oid] : [1, 0, oid, count, 1];
  const start = 4 * header.length;
  const bytes = Buffer.allocUnsafe(start + lengthBytes * count + contentBytes);
  for (const [index, word] of header.entries()) bytes.writeInt32BE(word, 4 * index);
  return { bytes, start };
}

/** Arrays in PostgreSQL's binary format: nothing is quoted here and nothing is unquoted there, and what is UTF-8 already stays as it is. */

/** From pg_type.dat; these never change. */
const oids = { text: 25, json: 114, float8: 701, uuid: 2950, jsonb: 3802 } as const;
/** Before each element: its length; -1 is a null. */
const lengthBytes = 4;
const nullLength = -1;
const jsonbVersion = Buffer.of(1);

export function textArray(values: readonly (string | null)[]): Buffer {
  return arrayOf(
    oids.text,
    values.map((value) => (value === null ? null : Buffer.from(value, 'utf8'))),
  );
}

export function float8Array(values: readonly number[]): Buffer {
  return arrayOf(
    oids.float8,
    values.map((value) => {
      const bytes = Buffer.allocUnsafe(8);
      bytes.writeDoubleBE(value);
      return bytes;
    }),
  );
}

/** @throws RangeError for what is no UUID: PostgreSQL would take it for a broken connection. */
export function uuidArray(values: readonly string[]): Buffer {
  return arrayOf(oids.uuid, values.map(uuidBytes));
}

/** `texts`: JSON as UTF-8. It is checked and kept as it is. */
export function jsonArray(texts: readonly Buffer[]): Buffer {
  return arrayOf(oids.json, texts);
}

/** `texts`: JSON as UTF-8. It is taken apart. */
export function jsonbArray(texts: readonly Buffer[]): Buffer {
  return arrayOf(
    oids.jsonb,
    texts.map((text) => Buffer.concat([jsonbVersion, text])),
  );
}

function uuidBytes(value: string): Buffer {
  const bytes = Buffer.from(value.replaceAll('-', ''), 'hex');
  if (bytes.length === 16) return bytes;
  throw new RangeError(`"${value.slice(0, 100)}" is not a UUID`);
}

function arrayOf(oid: number, elements: readonly (Uint8Array | null)[]): Buffer {
  // Dimensions, whether there are nulls, the type of the elements; then for the one dimension: how many, and the index of the first.
  const hasNulls = Number(elements.includes(null));
  const header = elements.length === 0 ? [0, 0, oid] : [1, hasNulls, oid, elements.length, 1];
  const contentBytes = elements.reduce((sum, element) => sum + lengthBytes + (element?.length ?? 0), 0);
  const bytes = Buffer.allocUnsafe(4 * header.length + contentBytes);
  let offset = 0;
  for (const word of header) offset = bytes.writeInt32BE(word, offset);
  for (const element of elements) {
    offset = bytes.writeInt32BE(element ? element.length : nullLength, offset);
    if (!element) continue;
    bytes.set(element, offset);
    offset += element.length;
  }
  return bytes;
}

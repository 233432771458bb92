import { isText, isTexts } from './json-data';
import { ProtocolError } from './protocol-error';
import { elementCount, numericArrays, type Tensor, type TensorData } from './tensor';

/*
 * Elements lie one after the other, little-endian, as they do in the memory of every machine that the inference runtime is built for.
 * A text has its length before it, as 32 bits.
 */

const lengthBytes = 4;

/** @throws ProtocolError when the bytes are not exactly those of the tensor. */
export function readBinaryData(head: Omit<Tensor, 'data'>, bytes: Uint8Array): TensorData {
  const { name, datatype, shape } = head;
  const count = elementCount(shape);
  if (datatype === 'BYTES') return readTexts(name, count, bytes);
  const Data = numericArrays[datatype];
  const wanted = count * Data.BYTES_PER_ELEMENT;
  if (bytes.length !== wanted) {
    throw new ProtocolError(
      `Tensor "${name}": shape [${shape.join(', ')}] of ${datatype} takes ${wanted} bytes of binary data, not ${bytes.length}.`,
    );
  }
  // A copy: the bytes of a message may begin at an odd place, and live no longer than it.
  const own = new Uint8Array(bytes.length);
  own.set(bytes);
  if (datatype === 'BOOL' && own.some((element) => element > 1)) throw new ProtocolError(`Tensor "${name}": a BOOL is neither 0 nor 1.`);
  return new Data(own.buffer);
}

/** @throws ProtocolError when a text has no UTF-8 form. */
export function writeBinaryData({ name, data }: Tensor): Uint8Array {
  if (!isTexts(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const texts = data.map((text) => {
    if (!isText(text)) throw new ProtocolError(`Tensor "${name}" holds a text that has no UTF-8 form.`);
    return new TextEncoder().encode(text);
  });
  const bytes = new Uint8Array(texts.reduce((sum, text) => sum + lengthBytes + text.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const text of texts) {
    view.setUint32(at, text.length, true);
    bytes.set(text, at + lengthBytes);
    at += lengthBytes + text.length;
  }
  return bytes;
}

function readTexts(name: string, count: number, bytes: Uint8Array): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const from = at + lengthBytes;
    at = from > bytes.length ? Number.POSITIVE_INFINITY : from + view.getUint32(from - lengthBytes, true);
    if (at > bytes.length) throw new ProtocolError(`Tensor "${name}": text ${texts.length} reaches beyond the end of the binary data.`);
    texts.push(decodeText(name, bytes.subarray(from, at)));
  }
  if (texts.length !== count)
    throw new ProtocolError(`Tensor "${name}": its shape holds ${count} texts, but the binary data has ${texts.length}.`);
  return texts;
}

/** @throws ProtocolError when the bytes are not UTF-8. */
export function decodeText(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ProtocolError(`Tensor "${name}": BYTES must be UTF-8 text here; send other bytes as base64.`, { cause });
  }
}

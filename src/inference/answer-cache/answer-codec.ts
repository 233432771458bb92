import { isTexts } from '../../open-inference/json-data';
import { type NumericData, numericArrays, type Tensor } from '../../open-inference/tensor';

/** What an answer is made of: plain JSON, and perhaps tensors. */
interface WithOutputs {
  readonly outputs?: readonly Tensor[] | undefined;
}

type EncodedTensor = Pick<Tensor, 'name' | 'datatype' | 'shape'> & ({ readonly texts: readonly string[] } | { readonly base64: string });

/** About how many bytes the outputs take, without encoding them. */
export function outputBytes({ outputs = [] }: WithOutputs): number {
  return outputs.reduce((sum, { data }) => sum + (isTexts(data) ? data.reduce((all, text) => all + text.length, 0) : data.byteLength), 0);
}

/** As JSON, with the bits of tensors as they are. JSON has no -0; neither have the journal and the responses, which are what answers become. */
export function encodeAnswer<T extends WithOutputs>({ outputs, ...rest }: T): Uint8Array {
  return Buffer.from(JSON.stringify({ ...rest, outputs: outputs?.map(encodeTensor) }));
}

/** Null: the bytes are not what this build writes. */
export function decodeAnswer<T extends WithOutputs>(bytes: Uint8Array): T | null {
  try {
    const { outputs, ...rest } = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
    return { ...rest, outputs: outputs?.map(decodeTensor) } as T;
  } catch {
    return null;
  }
}

function encodeTensor({ name, datatype, shape, data }: Tensor): EncodedTensor {
  if (isTexts(data)) return { name, datatype, shape, texts: data };
  return { name, datatype, shape, base64: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') };
}

function decodeTensor(encoded: EncodedTensor): Tensor {
  const { name, datatype, shape } = encoded;
  if ('texts' in encoded) return { name, datatype, shape, data: encoded.texts };
  if (datatype === 'BYTES') throw new RangeError('texts are not numbers');
  // Into a buffer of its own, which begins where elements may begin.
  const bytes = Uint8Array.from(Buffer.from(encoded.base64, 'base64'));
  return { name, datatype, shape, data: new numericArrays[datatype](bytes.buffer) as NumericData };
}

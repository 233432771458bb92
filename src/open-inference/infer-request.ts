import { decodeText, readBinaryData } from './binary-data';
import {
  firstTwice,
  isObject,
  type JsonObject,
  type Message,
  MessageReader,
  type Parameters,
  readParameters,
  writeMessage,
} from './message';
import { ProtocolError } from './protocol-error';
import { elementCount, numericArrays, type Tensor } from './tensor';

export interface RequestedOutput {
  readonly name: string;
  readonly parameters: Parameters;
}

export interface InferRequest {
  readonly id: string | null;
  readonly parameters: Parameters;
  readonly inputs: readonly Tensor[];
  /** Null: all of them. */
  readonly outputs: readonly RequestedOutput[] | null;
}

/** @throws ProtocolError */
export function decodeInferRequest(message: Message): InferRequest {
  const reader = new MessageReader(message);
  const { id, parameters, outputs } = reader.json;
  if (id !== undefined && id !== null && typeof id !== 'string') throw new ProtocolError('"id" must be a text.');
  return {
    id: id ?? null,
    parameters: readParameters(parameters, 'the request'),
    inputs: reader.tensors('inputs'),
    outputs: readOutputs(outputs),
  };
}

/** @param isBinary sends the tensors as binary data; FP16 has no other form. */
export function encodeInferRequest({ id, parameters, inputs, outputs }: InferRequest, isBinary: boolean): Message {
  const rest: JsonObject = {
    ...(id !== null && { id }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(outputs && { outputs: outputs.map((output) => (Object.keys(output.parameters).length > 0 ? output : { name: output.name })) }),
  };
  return writeMessage(rest, 'inputs', inputs, ({ datatype }) => isBinary || datatype === 'FP16');
}

/**
 * A body that is nothing but the data of a model's only input (Inference-Header-Content-Length 0): the signature says the rest, and one open
 * dimension follows from the length.
 * @throws ProtocolError
 */
export function decodeRawInput(body: Uint8Array, signatures: readonly Omit<Tensor, 'data'>[]): InferRequest {
  const [signature] = signatures;
  if (!signature || signatures.length !== 1)
    throw new ProtocolError(`A body without JSON needs a model with one input; this one has ${signatures.length}.`);
  const { name, datatype } = signature;
  const shape = rawShape(signature, body.length);
  const head = { name, datatype, shape };
  const data = datatype === 'BYTES' ? [decodeText(name, body)] : readBinaryData(head, body);
  if (datatype === 'BYTES' && elementCount(shape) !== 1)
    throw new ProtocolError(`A body without JSON is one text, but input "${name}" has shape [${shape.join(', ')}].`);
  return { id: null, parameters: {}, inputs: [{ ...head, data }], outputs: null };
}

/** All open dimensions are 1, but for the last of them where the bytes say more. */
function rawShape({ datatype, shape }: Omit<Tensor, 'data'>, bytes: number): readonly number[] {
  const open = shape.lastIndexOf(-1);
  const ones = shape.map((side) => (side === -1 ? 1 : side));
  if (datatype === 'BYTES' || open === -1) return ones;
  const rest = elementCount(ones) * numericArrays[datatype].BYTES_PER_ELEMENT;
  return ones.map((side, at) => (at === open ? Math.floor(bytes / rest) : side));
}

function readOutputs(outputs: unknown): readonly RequestedOutput[] | null {
  if (outputs === undefined || outputs === null) return null;
  if (!Array.isArray(outputs)) throw new ProtocolError('"outputs" must be an array of objects with a "name".');
  const wanted = outputs.map((output: unknown, index) => {
    if (!isObject(output) || typeof output.name !== 'string') throw new ProtocolError(`outputs[${index}] has no "name".`);
    return { name: output.name, parameters: readParameters(output.parameters, `output "${output.name}"`) };
  });
  // A short list could otherwise ask for an answer without end.
  const twice = firstTwice(wanted.map(({ name }) => name));
  if (twice !== null) throw new ProtocolError(`"outputs" names "${twice}" twice.`);
  return wanted;
}

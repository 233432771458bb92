import { type Message, MessageReader, type Parameters, readParameters, writeMessage } from './message';
import { ProtocolError } from './protocol-error';
import type { Tensor } from './tensor';

export interface InferResponse {
  /** Null: the server did not say. */
  readonly modelName: string | null;
  readonly modelVersion: string | null;
  readonly id: string | null;
  readonly parameters: Parameters;
  readonly outputs: readonly Tensor[];
}

/**
 * Servers leave out the id, the version and even the name of the model.
 * @throws ProtocolError
 */
export function decodeInferResponse(message: Message): InferResponse {
  const reader = new MessageReader(message);
  const { model_name: modelName, model_version: modelVersion, id, parameters } = reader.json;
  return {
    modelName: textOrNull(modelName, 'model_name'),
    modelVersion: textOrNull(modelVersion, 'model_version'),
    id: textOrNull(id, 'id'),
    parameters: readParameters(parameters, 'the response'),
    outputs: reader.tensors('outputs'),
  };
}

/** @throws ProtocolError when an output that is to be JSON has no JSON form. */
export function encodeInferResponse(response: InferResponse, isBinary: (output: Tensor) => boolean): Message {
  const { modelName, modelVersion, id, parameters, outputs } = response;
  const rest = {
    ...(modelName !== null && { model_name: modelName }),
    ...(modelVersion !== null && { model_version: modelVersion }),
    ...(id !== null && { id }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
  return writeMessage(rest, 'outputs', outputs, isBinary);
}

function textOrNull(value: unknown, key: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new ProtocolError(`"${key}" must be a text.`);
  return value;
}

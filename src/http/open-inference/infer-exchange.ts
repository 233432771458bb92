import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../errors';
import type { ServedVersion } from '../../model-registry/model-registry';
import { decodeInferRequest, decodeRawInput, type InferRequest, type RequestedOutput } from '../../open-inference/infer-request';
import { encodeInferResponse } from '../../open-inference/infer-response';
import { headerLengthName, type Message, type Parameters } from '../../open-inference/message';
import { ProtocolError } from '../../open-inference/protocol-error';
import type { Tensor } from '../../open-inference/tensor';

/** A request that was read and fits what the model says of itself. */
export interface Asked {
  readonly request: InferRequest;
  readonly outputs: readonly RequestedOutput[];
  readonly deadlineMs: number | null;
  /** When an output does not say: as binary data or as JSON. */
  readonly prefersBinary: boolean;
}

/** @throws AppError INVALID_INPUT, ProtocolError */
export function readInference(served: ServedVersion, headers: IncomingHttpHeaders, body: Uint8Array): Asked {
  const headerLength = readHeaderLength(headers[headerLengthName]);
  const isRaw = headerLength === 0;
  const request = isRaw ? decodeRawInput(body, served.loaded.description.inputs) : decodeInferRequest({ body, headerLength });
  refuseSequences(request.parameters);
  return {
    request,
    outputs: wantedOutputs(served, request),
    deadlineMs: readTimeoutMs(request.parameters),
    prefersBinary: isRaw || request.parameters.binary_data_output === true,
  };
}

/** @throws ProtocolError when an output has no JSON form and is not asked for as binary data. */
export function writeInference(served: ServedVersion, { request, outputs, prefersBinary }: Asked, made: readonly Tensor[]): Message {
  const binaryNames = new Set(
    outputs
      .filter(({ parameters }) => (parameters.binary_data === undefined ? prefersBinary : parameters.binary_data === true))
      .map(({ name }) => name),
  );
  const answer = {
    modelName: served.model,
    modelVersion: served.version,
    id: request.id,
    parameters: {},
    outputs: outputs.flatMap(({ name }) => made.find((output) => output.name === name) ?? []),
  };
  return encodeInferResponse(answer, ({ name }) => binaryNames.has(name));
}

function readHeaderLength(header: string | readonly string[] | undefined): number | null {
  if (header === undefined) return null;
  if (!/^\d+$/.test(String(header))) throw new ProtocolError('Inference-Header-Content-Length must be a whole number of bytes.');
  return Number(header);
}

function wantedOutputs({ loaded }: ServedVersion, { outputs }: InferRequest): readonly RequestedOutput[] {
  const names = loaded.description.outputs.map(({ name }) => name);
  if (outputs === null || outputs.length === 0) return names.map((name) => ({ name, parameters: {} }));
  const unknown = outputs.find(({ name }) => !names.includes(name));
  if (unknown) throw new AppError('INVALID_INPUT', `The model has no output "${unknown.name}". Its outputs: ${names.join(', ')}.`);
  const other = outputs.find(({ parameters }) => parameters.classification !== undefined || parameters.shared_memory_region !== undefined);
  if (other) {
    throw new AppError(
      'INVALID_INPUT',
      `Output "${other.name}": classification and shared memory are not supported; ask for the tensor itself.`,
    );
  }
  return outputs;
}

/** Answering them as if each stood alone would be wrong without anybody noticing. */
function refuseSequences({ sequence_id: id }: Parameters): void {
  if (id !== undefined && id !== 0 && id !== '') throw new AppError('INVALID_INPUT', 'Sequences ("sequence_id") are not supported.');
}

/** In microseconds on the wire; 0: as long as it takes. */
function readTimeoutMs({ timeout }: Parameters): number | null {
  if (timeout === undefined || timeout === 0) return null;
  if (!Number.isSafeInteger(timeout) || (timeout as number) < 0)
    throw new AppError('INVALID_INPUT', '"timeout" must be a whole number of microseconds, not negative.');
  return (timeout as number) / 1000;
}

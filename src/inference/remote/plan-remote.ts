import { AppError } from '../../errors';
import type { ModelMetadata, TensorMetadata } from '../../open-inference/metadata';
import type { Manifest } from '../manifest';
import { type ModelPlan, planModel } from '../model-plan';
import type { GraphValue } from '../onnx-graph';
import { readNames } from '../output-plan';

/**
 * As for a model whose graph is at hand, except that only its ends are known: what the scores are (`output.scores`) the manifest has to say.
 * @throws AppError INVALID_INPUT
 */
export function planRemote(metadata: ModelMetadata, manifest: Manifest): ModelPlan {
  const inputs = ends('inputs', metadata, manifest);
  const outputs = ends('outputs', metadata, manifest);
  const graph = {
    inputs: inputs.map(toValue),
    outputs: outputs.map(toValue),
    nodes: [],
    parameterCount: null,
    metadata: new Map<string, string>(),
    externalFiles: [],
  };
  const plan = planModel(graph, manifest);
  const { input, output } = plan;
  const halves = inputs.find(({ datatype }) => input.kind !== 'raw' && datatype === 'FP16');
  // A server that takes and gives no binary data could not say them.
  if (halves)
    throw new AppError(
      'INVALID_INPUT',
      `Input "${halves.name}" of the remote model is FP16, which only tensors are sent as. Say "kind": "raw", or export it with FP32.`,
    );
  const readName = readNames(output)[0];
  if (outputs.some(({ name, datatype }) => name === readName && datatype !== 'FP32' && datatype !== 'FP64'))
    throw new AppError('INVALID_INPUT', `Output "${readName}" of the remote model is neither FP32 nor FP64, so it cannot be read.`);
  // Whether rows that are filled up leave the others alone was not tried.
  const fixedBatchSize = input.kind === 'raw' ? null : plan.fixedBatchSize;
  return { ...plan, fixedBatchSize, description: { ...plan.description, device: 'remote' } };
}

/** What model.json says goes before what the server says. */
function ends(key: 'inputs' | 'outputs', metadata: ModelMetadata, { remote }: Manifest): readonly TensorMetadata[] {
  const known = remote?.[key] ?? metadata[key];
  if (known.length > 0) return known;
  throw new AppError(
    'INVALID_INPUT',
    `The server does not say which ${key} the model has. List them in model.json under "remote": {"${key}": [{"name": ..., "datatype": "FP32", "shape": [-1, ...]}]}.`,
  );
}

/** 16 is BFLOAT16 in ONNX, the one type that servers have and the protocol does not. */
function toValue({ name, datatype, shape }: TensorMetadata): GraphValue {
  return { name, type: { kind: 'tensor', datatype, elementType: datatype === null ? 16 : 0, shape } };
}

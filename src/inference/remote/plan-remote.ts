import { AppError } from '../../errors';
import type { ModelMetadata, TensorMetadata } from '../../open-inference/metadata';
import type { Manifest } from '../manifest';
import { type ModelPlan, planModel } from '../model-plan';
import type { GraphValue } from '../onnx-graph';

/**
 * As for a model whose graph is at hand, except that only its ends are known: what the scores are (`output.scores`) the manifest has to say.
 * @throws AppError INVALID_INPUT
 */
export function planRemote(metadata: ModelMetadata, manifest: Manifest): ModelPlan {
  const graph = {
    inputs: metadata.inputs.map(toValue),
    outputs: metadata.outputs.map(toValue),
    nodes: [],
    parameterCount: null,
    metadata: new Map<string, string>(),
    externalFiles: [],
  };
  const plan = planModel(graph, manifest);
  const readName = plan.output.task === 'regression' ? plan.output.valueName : plan.output.scoresName;
  if (metadata.outputs.some(({ name, datatype }) => name === readName && datatype !== 'FP32' && datatype !== 'FP64'))
    throw new AppError('INVALID_INPUT', `Output "${readName}" of the remote model is neither FP32 nor FP64, so it cannot be read.`);
  return { ...plan, description: { ...plan.description, device: 'remote' } };
}

/** 16 is BFLOAT16 in ONNX, the one type that servers have and the protocol does not. */
function toValue({ name, datatype, shape }: TensorMetadata): GraphValue {
  return { name, type: { kind: 'tensor', datatype, elementType: datatype === null ? 16 : 0, shape } };
}

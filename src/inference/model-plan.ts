import { AppError } from '../errors';
import type { FeatureSignature, ModelDescription, ModelKind, PreprocessingStep, TensorSignature } from '../model-registry/model-version';
import { imageFeatureNames } from '../tensor/image-features';
import { type ImagePlan, planImage } from './image-plan';
import type { Manifest } from './manifest';
import type { GraphValue, OnnxGraph } from './onnx-graph';
import { type OutputPlan, planOutput } from './output-plan';

/** One input tensor of a tabular model and the features that fill a row of it, in order. */
export interface TabularInput {
  readonly signature: TensorSignature;
  readonly features: readonly FeatureSignature[];
}

export type InputPlan =
  | { readonly kind: 'image'; readonly image: ImagePlan }
  | { readonly kind: 'tabular'; readonly inputs: readonly TabularInput[] };

/** Everything that is decided once, when a version is loaded. */
export interface ModelPlan {
  readonly description: ModelDescription;
  readonly input: InputPlan;
  readonly output: OutputPlan;
  /** Rows that the graph always wants; null: any number. */
  readonly fixedBatchSize: number | null;
}

/** @throws AppError INVALID_INPUT with a sentence that says what is wrong and what to do. */
export function planModel(graph: OnnxGraph, manifest: Manifest): ModelPlan {
  const inputs = graph.inputs.map(toSignature);
  if (inputs.length === 0) throw new AppError('INVALID_INPUT', 'The model has no inputs, so there is nothing to predict from.');
  const kind = manifest.kind ?? deriveKind(inputs, manifest);
  const input: InputPlan =
    kind === 'image' ? { kind, image: planImage(inputs, manifest) } : { kind, inputs: planTabularInputs(inputs, graph, manifest) };
  const output = planOutput(graph, manifest);
  const steps: readonly PreprocessingStep[] = input.kind === 'image' ? input.image.steps : [];
  const features = input.kind === 'tabular' ? input.inputs.flatMap((one) => one.features) : [];
  return {
    input,
    output,
    fixedBatchSize: fixedBatchSize(inputs),
    description: {
      kind,
      task: output.task,
      inputs,
      outputs: graph.outputs.map(toOutputSignature),
      classLabels: output.task === 'classification' ? output.classLabels : [],
      features,
      preprocessing: steps,
      layout: input.kind === 'image' ? input.image.placement.layout : null,
      channelOrder: input.kind === 'image' ? input.image.placement.channelOrder : null,
      driftFeatures: kind === 'image' ? imageFeatureNames : features.map((feature) => feature.name),
      device: 'cpu',
      parameterCount: graph.parameterCount,
    },
  };
}

function toSignature({ name, type }: GraphValue): TensorSignature {
  if (type.kind !== 'tensor') throw new AppError('INVALID_INPUT', `Input "${name}" is a ${type.name}; only tensors can be served.`);
  if (type.datatype === null)
    throw new AppError('INVALID_INPUT', `Input "${name}" has element type ${type.elementType} of ONNX, which cannot be served.`);
  return { name, datatype: type.datatype, shape: type.shape };
}

/** An output whose type the file does not tell (or a ZipMap's map, which is served as its float tensor) is described as float. */
function toOutputSignature({ name, type }: GraphValue): TensorSignature {
  return type.kind === 'tensor'
    ? { name, datatype: type.datatype ?? 'FP32', shape: type.shape }
    : { name, datatype: 'FP32', shape: [-1, -1] };
}

function deriveKind(inputs: readonly TensorSignature[], manifest: Manifest): ModelKind {
  if (manifest.preprocessing) return 'image';
  if (manifest.features) return 'tabular';
  const [first] = inputs;
  if (inputs.length === 1 && first?.datatype === 'FP32' && first.shape.length === 4 && (first.shape[1] === 3 || first.shape[3] === 3))
    return 'image';
  if (inputs.every((input) => input.shape.length <= 2)) return 'tabular';
  const shapes = inputs.map((input) => `${input.name} [${input.shape.map((size) => (size === -1 ? '?' : size)).join(', ')}]`).join(', ');
  throw new AppError(
    'INVALID_INPUT',
    `It cannot be told what to feed this model: its inputs are ${shapes}. Say so in model.json: "kind": "image" with "preprocessing", or "kind": "tabular".`,
  );
}

function fixedBatchSize(inputs: readonly TensorSignature[]): number | null {
  const sizes = new Set(inputs.filter((input) => input.shape.length > 0).map((input) => input.shape[0] as number));
  const fixed = [...sizes].filter((size) => size > 0);
  if (fixed.length > 1)
    throw new AppError('INVALID_INPUT', `Its inputs want different batch sizes (${fixed.join(', ')}), so rows cannot be served.`);
  return fixed[0] ?? null;
}

function planTabularInputs(inputs: readonly TensorSignature[], graph: OnnxGraph, manifest: Manifest): readonly TabularInput[] {
  const names = manifest.features?.map((feature) => feature.name) ?? featureNamesOf(graph);
  const single = inputs.length === 1;
  let used = 0;
  const planned = inputs.map((signature): TabularInput => {
    const columns = columnsOf(signature, single ? names : null);
    const features = Array.from({ length: columns }, (_, i): FeatureSignature => {
      const fallback = single || columns > 1 ? `${signature.name}_${i}` : signature.name;
      return { name: names?.[used++] ?? fallback, datatype: signature.datatype };
    });
    return { signature, features };
  });
  const wanted = planned.reduce((sum, input) => sum + input.features.length, 0);
  if (names && names.length !== wanted) {
    throw new AppError(
      'INVALID_INPUT',
      `model.json or the model's metadata names ${names.length} features, but the model takes ${wanted}.`,
    );
  }
  refuseDuplicates(planned.flatMap((input) => input.features.map((feature) => feature.name)));
  return planned;
}

function columnsOf({ name, datatype, shape }: TensorSignature, names: readonly string[] | null): number {
  if (shape.length > 2)
    throw new AppError('INVALID_INPUT', `Input "${name}" has ${shape.length} dimensions; a tabular model takes [rows, features].`);
  if (datatype === 'FP16') throw new AppError('INVALID_INPUT', `Input "${name}" is float16; export the model with float32 inputs.`);
  const columns = shape.length < 2 ? 1 : (shape[1] as number);
  if (columns > 0) return columns;
  if (names) return names.length;
  throw new AppError(
    'INVALID_INPUT',
    `The number of features of input "${name}" is not in the model. List them in model.json under "features".`,
  );
}

/** Some exporters leave the names of the columns in the metadata, as a JSON array or separated by commas. */
function featureNamesOf(graph: OnnxGraph): readonly string[] | null {
  const text = graph.metadata.get('feature_names') ?? graph.metadata.get('features');
  if (text === undefined) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every((name) => typeof name === 'string') ? parsed : null;
  } catch {
    return text.split(',').map((name) => name.trim());
  }
}

function refuseDuplicates(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new AppError('INVALID_INPUT', `Two features are called "${twice}"; feature names must differ.`);
  // As a key of a plain object it would vanish from every record.
  if (names.includes('__proto__'))
    throw new AppError('INVALID_INPUT', 'A feature is called "__proto__". Give it another name in model.json.');
  if (names.includes('values'))
    throw new AppError('INVALID_INPUT', 'No feature may be called "values": that key stands for all of them in order.');
}

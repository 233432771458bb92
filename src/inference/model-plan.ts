import { AppError } from '../errors';
import type { ModelDescription, ModelKind, PreprocessingStep, TensorSignature } from '../model-registry/model-version';
import { elementCount } from '../open-inference/tensor';
import { imageFeatureNames } from '../tensor/image-features';
import { type ImagePlan, planImage } from './image-plan';
import type { Manifest } from './manifest';
import type { GraphValue, OnnxGraph } from './onnx-graph';
import { type OutputPlan, planOutput } from './output-plan';
import { areTabular, planTabularInputs, type TabularInput } from './tabular-inputs';
import { type RecordedTensor, recordedTensors } from './tensor-features';
import { zippedBy } from './zip-map';

/** Of a model that is asked row by row. */
export type RowPlan =
  | { readonly kind: 'image'; readonly image: ImagePlan }
  | { readonly kind: 'tabular'; readonly inputs: readonly TabularInput[] };

export type InputPlan = RowPlan | { readonly kind: 'raw'; readonly recorded: readonly RecordedTensor[] };

/** How the graph is fed: decided before it runs. */
export interface FeedPlan {
  readonly signatures: readonly TensorSignature[];
  readonly input: InputPlan;
  /** Rows that the graph always wants; null: any number, or it has no rows. */
  readonly fixedBatchSize: number | null;
  /** Outputs that can be read; null: all of them. */
  readonly outputNames: readonly string[] | null;
}

/** Everything that is decided once, when a version is loaded. */
export interface ModelPlan extends FeedPlan {
  readonly description: ModelDescription;
  readonly output: OutputPlan;
}

/**
 * @param feed how the graph is fed, where that was decided before.
 * @throws AppError INVALID_INPUT with a sentence that says what is wrong and what to do.
 */
export function planModel(graph: OnnxGraph, manifest: Manifest, feed: FeedPlan = planFeed(graph, manifest)): ModelPlan {
  const { input, signatures } = feed;
  const output = planOutput(graph, manifest, input.kind);
  const steps: readonly PreprocessingStep[] = input.kind === 'image' ? input.image.steps : [];
  const features = input.kind === 'tabular' ? input.inputs.flatMap((one) => one.features) : [];
  return {
    ...feed,
    output,
    description: {
      kind: input.kind,
      task: output.task,
      inputs: signatures,
      outputs: readableOutputs(graph).map(toOutputSignature),
      classLabels: output.task === 'classification' ? output.classLabels : [],
      features,
      preprocessing: steps,
      layout: input.kind === 'image' ? input.image.placement.layout : null,
      channelOrder: input.kind === 'image' ? input.image.placement.channelOrder : null,
      driftFeatures: driftFeaturesOf(input),
      device: 'cpu',
      threads: null,
      parameterCount: graph.parameterCount,
    },
  };
}

/** @throws AppError INVALID_INPUT with a sentence that says what is wrong and what to do. */
export function planFeed(graph: OnnxGraph, manifest: Manifest): FeedPlan {
  const signatures = graph.inputs.map(toSignature);
  if (signatures.length === 0) throw new AppError('INVALID_INPUT', 'The model has no inputs, so there is nothing to predict from.');
  const kind = manifest.kind ?? deriveKind(signatures, graph, manifest);
  const readable = readableOutputs(graph);
  return {
    signatures,
    input: planInput(kind, signatures, graph, manifest),
    fixedBatchSize: kind === 'raw' ? rawBatchSize(signatures, readable) : fixedBatchSize(signatures),
    outputNames: readable.length === graph.outputs.length ? null : readable.map(({ name }) => name),
  };
}

/** True when nobody but the shapes of the inputs said what the model takes. */
export function isKindGuessed({ kind, features, preprocessing }: Manifest): boolean {
  return kind === undefined && features === undefined && preprocessing === undefined;
}

function planInput(kind: ModelKind, signatures: readonly TensorSignature[], graph: OnnxGraph, manifest: Manifest): InputPlan {
  switch (kind) {
    case 'image':
      return { kind, image: planImage(signatures, manifest) };
    case 'tabular':
      return { kind, inputs: planTabularInputs(signatures, graph, manifest) };
    case 'raw':
      return { kind, recorded: recordedTensors(signatures) };
  }
}

function driftFeaturesOf(input: InputPlan): readonly string[] {
  switch (input.kind) {
    case 'image':
      return imageFeatureNames;
    case 'tabular':
      return input.inputs.flatMap(({ features }) => features.map(({ name }) => name));
    case 'raw':
      return input.recorded.flatMap(({ names }) => names);
  }
}

/** Of one input: what a wrong shape in a file would have us make to try it. */
const maxElements = 2 ** 26;

const inWords = { sequence: 'a sequence', map: 'a map', optional: 'an optional value', unknown: 'of an unknown type' } as const;

function toSignature({ name, type }: GraphValue): TensorSignature {
  if (type.kind !== 'tensor') {
    throw new AppError(
      'INVALID_INPUT',
      `Input "${name}" is ${inWords[type.name]}; only tensors can be sent. Export the model with tensors as inputs, one for each column or one of all.`,
    );
  }
  if (type.datatype === null) {
    throw new AppError(
      'INVALID_INPUT',
      `Input "${name}" has element type ${type.elementType} of ONNX, which cannot be sent. Put a Cast from float32 before it.`,
    );
  }
  if (type.shape === null) {
    throw new AppError(
      'INVALID_INPUT',
      `Input "${name}" has no shape in the file, not even a number of dimensions. Export the model with shapes; open sides may have names.`,
    );
  }
  if (elementCount(type.shape.map(Math.abs)) > maxElements) {
    throw new AppError(
      'INVALID_INPUT',
      `Input "${name}" of shape [${type.shape.join(', ')}] is larger than the ${maxElements} elements that can be sent. Check the shape in the file.`,
    );
  }
  return { name, datatype: type.datatype, shape: type.shape };
}

/**
 * The runtime for Node gives tensors only: a sequence, a map or an optional value is left out, except the maps of a ZipMap, which is taken out.
 * @throws AppError INVALID_INPUT when nothing is left.
 */
function readableOutputs(graph: OnnxGraph): readonly GraphValue[] {
  const readable = graph.outputs.filter(({ name, type }) => type.kind === 'tensor' || zippedBy(graph, name));
  if (readable.length > 0) return readable;
  const outputs = graph.outputs.map(({ name, type }) => `"${name}" (${type.kind === 'tensor' ? 'tensor' : type.name})`).join(', ');
  throw new AppError('INVALID_INPUT', `No output is a tensor, and nothing else can be read: ${outputs}. Export the model with tensors.`);
}

/** An output whose type the file does not tell (or a ZipMap's map, which is served as its float tensor) is described as float. */
function toOutputSignature({ name, type }: GraphValue): TensorSignature {
  return type.kind === 'tensor'
    ? { name, datatype: type.datatype ?? 'FP32', shape: type.shape ?? [] }
    : { name, datatype: 'FP32', shape: [-1, -1] };
}

function deriveKind(inputs: readonly TensorSignature[], graph: OnnxGraph, manifest: Manifest): ModelKind {
  if (manifest.preprocessing) return 'image';
  if (manifest.features) return 'tabular';
  const [first] = inputs;
  const isPicture = first?.shape.length === 4 && (first.shape[1] === 3 || first.shape[3] === 3);
  if (inputs.length === 1 && isPicture && (first.datatype === 'FP32' || first.datatype === 'FP16')) return 'image';
  return areTabular(inputs, graph, manifest) && fixedSizes(inputs).length <= 1 ? 'tabular' : 'raw';
}

function fixedSizes(inputs: readonly TensorSignature[]): readonly number[] {
  const sizes = new Set(inputs.flatMap(({ shape }) => shape.slice(0, 1)));
  return [...sizes].filter((size) => size > 0);
}

function fixedBatchSize(inputs: readonly TensorSignature[]): number | null {
  const fixed = fixedSizes(inputs);
  if (fixed.length > 1) {
    throw new AppError(
      'INVALID_INPUT',
      `Its inputs want different batch sizes (${fixed.join(', ')}), so rows cannot be served. Say "kind": "raw" in model.json and send whole tensors.`,
    );
  }
  return fixed[0] ?? null;
}

/** A first dimension that all tensors share may be that of rows; one of 1 says nothing: a sequence of one step has it, too. */
function rawBatchSize(inputs: readonly TensorSignature[], outputs: readonly GraphValue[]): number | null {
  const sides = new Set([...inputs.map(({ shape }) => shape[0]), ...outputs.map(({ type }) => type.kind === 'tensor' && type.shape?.[0])]);
  const [side] = sides;
  return sides.size === 1 && typeof side === 'number' && side > 1 ? side : null;
}

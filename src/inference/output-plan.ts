import { AppError } from '../errors';
import type { Manifest } from './manifest';
import type { GraphNode, GraphValue, OnnxGraph } from './onnx-graph';

export type OutputPlan =
  | {
      readonly task: 'classification';
      readonly scoresName: string;
      /** The output that holds the model's own decision; null: the highest probability decides. */
      readonly decisionName: string | null;
      /** The values that the decision output takes, in class order. */
      readonly decisionValues: readonly string[];
      readonly classLabels: readonly string[];
      readonly appliesSoftmax: boolean;
    }
  | { readonly task: 'regression'; readonly valueName: string };

const probabilityOperators = new Set(['Softmax', 'Sigmoid']);
/** Operators that pass probabilities on as they are. */
const passing = new Set(['Identity', 'Cast', 'ZipMap', 'Reshape', 'Squeeze', 'Flatten']);

/** @throws AppError INVALID_INPUT when no output can be understood. */
export function planOutput(graph: OnnxGraph, manifest: Manifest): OutputPlan {
  const scores = findScores(graph, manifest);
  const decision = graph.outputs.find((output) => output !== scores && isDecision(output)) ?? null;
  const columns = columnsOf(graph, scores, manifest);
  const isClassification =
    manifest.task === 'classification' || (manifest.task !== 'regression' && (decision !== null || columns === null || columns > 1));
  if (!isClassification) return { task: 'regression', valueName: scores.name };
  const own = ownLabels(graph);
  const count = columns ?? manifest.classLabels?.length ?? own?.length ?? null;
  if (count === null) {
    throw new AppError(
      'INVALID_INPUT',
      `The number of classes of output "${scores.name}" is not in the model. List them in model.json under "classLabels".`,
    );
  }
  const classLabels = manifest.classLabels ?? own ?? Array.from({ length: count }, (_, i) => String(i));
  if (classLabels.length !== count) {
    throw new AppError('INVALID_INPUT', `There are ${classLabels.length} class labels, but output "${scores.name}" has ${count} classes.`);
  }
  return {
    task: 'classification',
    scoresName: scores.name,
    decisionName: decision?.name ?? null,
    decisionValues: own ?? classLabels.map((_, i) => String(i)),
    classLabels,
    appliesSoftmax: appliesSoftmax(graph, scores, manifest),
  };
}

function findScores(graph: OnnxGraph, manifest: Manifest): GraphValue {
  const wanted = manifest.output?.name;
  if (wanted !== undefined) {
    const found = graph.outputs.find((output) => output.name === wanted);
    if (found) return found;
    throw new AppError(
      'INVALID_INPUT',
      `model.json names output "${wanted}"; the model has ${graph.outputs.map((one) => `"${one.name}"`).join(', ')}.`,
    );
  }
  const scores = graph.outputs.find((output) => isFloatTensor(output) || isZipped(graph, output));
  if (scores) return scores;
  throw new AppError(
    'INVALID_INPUT',
    `None of the outputs (${graph.outputs.map((one) => one.name).join(', ')}) is a float tensor of scores or values.`,
  );
}

function isFloatTensor({ type }: GraphValue): boolean {
  return type.kind === 'tensor' && (type.datatype === 'FP32' || type.datatype === 'FP64');
}

function isZipped(graph: OnnxGraph, output: GraphValue): boolean {
  return producerOf(graph, output.name)?.operator === 'ZipMap';
}

function isDecision({ type }: GraphValue): boolean {
  return type.kind === 'tensor' && (type.datatype === 'INT64' || type.datatype === 'BYTES') && type.shape.length <= 1;
}

/** Number of columns of the scores; null: the file does not say. */
function columnsOf(graph: OnnxGraph, scores: GraphValue, manifest: Manifest): number | null {
  if (isZipped(graph, scores)) return ownLabels(graph)?.length ?? null;
  const shape = scores.type.kind === 'tensor' ? scores.type.shape : [];
  if (shape.length < 2) return shape.length === 1 ? 1 : (manifest.classLabels?.length ?? ownLabels(graph)?.length ?? null);
  const columns = shape.slice(1).reduce((product, size) => product * size, 1);
  return columns > 0 ? columns : null;
}

/** Labels from `classlabels_*` of a ZipMap or an ai.onnx.ml classifier, as text; null: the model names none. */
function ownLabels(graph: OnnxGraph): readonly string[] | null {
  for (const node of graph.nodes) {
    for (const [name, { integers, texts }] of node.attributes) {
      if (!name.startsWith('classlabels')) continue;
      if (texts.length > 0) return texts;
      if (integers.length > 0) return integers.map(String);
    }
  }
  return null;
}

function appliesSoftmax(graph: OnnxGraph, scores: GraphValue, manifest: Manifest): boolean {
  if (manifest.output?.scores !== undefined) return manifest.output.scores === 'logits';
  let node = producerOf(graph, scores.name);
  while (node && passing.has(node.operator)) node = producerOf(graph, node.inputs[0] ?? '');
  return !(node && endsInProbabilities(node));
}

function endsInProbabilities(node: GraphNode): boolean {
  // The ml domain's Normalizer stands behind LinearClassifier in sklearn exports: its output sums to 1.
  return probabilityOperators.has(node.operator) || (node.domain === 'ai.onnx.ml' && /Classifier$|^Normalizer$/.test(node.operator));
}

function producerOf(graph: OnnxGraph, name: string): GraphNode | undefined {
  return graph.nodes.find((node) => node.outputs.includes(name));
}

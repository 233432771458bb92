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
const passing = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);
/** What exporters call the scores of a classifier that also answers a label: their own word for what the graph's end may not show. */
const probabilityNames = /^(output_)?probabilit(y|ies)$/;

/** @throws AppError INVALID_INPUT when no output can be understood. */
export function planOutput(graph: OnnxGraph, manifest: Manifest): OutputPlan {
  const scores = findScores(graph, manifest);
  const decision = graph.outputs.find((output) => output !== scores && isDecision(output)) ?? null;
  const columns = columnsOf(graph, scores, manifest);
  const isClassification =
    manifest.task === 'classification' || (manifest.task !== 'regression' && (decision !== null || columns === null || columns > 1));
  if (!isClassification) return planRegression(scores, columns);
  const own = ownLabels(graph);
  // One column of scores is the probability of the second of two classes.
  const count = columns === 1 ? 2 : (columns ?? manifest.classLabels?.length ?? own?.length ?? null);
  if (count === null) {
    throw new AppError(
      'INVALID_INPUT',
      `The number of classes of output "${scores.name}" is not in the model. List them in model.json under "classLabels", or say "task": "regression".`,
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
    // Without labels of its own, a model that decides by text says the manifest's; one that decides by number, positions.
    decisionValues: own ?? (decision && isText(decision) ? classLabels : classLabels.map((_, i) => String(i))),
    classLabels,
    appliesSoftmax: appliesSoftmax(graph, scores, decision, manifest),
  };
}

function planRegression(value: GraphValue, columns: number | null): OutputPlan {
  if (columns === null || columns === 1) return { task: 'regression', valueName: value.name };
  throw new AppError('INVALID_INPUT', `A regression answers one value a row, but output "${value.name}" has ${columns} columns.`);
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

function isText({ type }: GraphValue): boolean {
  return type.kind === 'tensor' && type.datatype === 'BYTES';
}

/** Number of columns of the scores; null: the file does not say. */
function columnsOf(graph: OnnxGraph, scores: GraphValue, manifest: Manifest): number | null {
  if (isZipped(graph, scores)) return ownLabels(graph)?.length ?? null;
  const shape = scores.type.kind === 'tensor' ? scores.type.shape : [];
  if (shape.length < 2) return shape.length === 1 ? 1 : (manifest.classLabels?.length ?? ownLabels(graph)?.length ?? null);
  const columns = shape.slice(1).reduce((product, size) => product * size, 1);
  return columns > 0 ? columns : null;
}

/**
 * Labels from `classlabels_*` of a ZipMap or an ai.onnx.ml classifier, as text; null: the model names none. The last word counts:
 * the members of an ensemble carry labels of their own, before those of the whole.
 */
function ownLabels(graph: OnnxGraph): readonly string[] | null {
  for (const node of graph.nodes.toReversed()) {
    for (const [name, { integers, texts }] of node.attributes) {
      if (!name.startsWith('classlabels')) continue;
      if (texts.length > 0) return texts;
      if (integers.length > 0) return integers.map(String);
    }
  }
  return null;
}

function appliesSoftmax(graph: OnnxGraph, scores: GraphValue, decision: GraphValue | null, manifest: Manifest): boolean {
  if (manifest.output?.scores !== undefined) return manifest.output.scores === 'logits';
  if (decision && probabilityNames.test(scores.name)) return false;
  let node = producerOf(graph, scores.name);
  while (node && passing.has(node.operator)) node = producerOf(graph, node.inputs[0] ?? '');
  return !(node && endsInProbabilities(node));
}

function endsInProbabilities(node: GraphNode): boolean {
  // Normalizer stands behind LinearClassifier in sklearn exports: its output sums to 1. ZipMap names the probabilities of a classifier.
  return (
    probabilityOperators.has(node.operator) || (node.domain === 'ai.onnx.ml' && /Classifier$|^Normalizer$|^ZipMap$/.test(node.operator))
  );
}

function producerOf(graph: OnnxGraph, name: string): GraphNode | undefined {
  return graph.nodes.find((node) => node.outputs.includes(name));
}

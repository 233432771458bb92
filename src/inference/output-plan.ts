import { AppError } from '../errors';
import type { ModelKind } from '../model-registry/model-version';
import type { Manifest } from './manifest';
import { classLabelsOf } from './metadata-names';
import type { GraphNode, GraphValue, OnnxGraph } from './onnx-graph';
import { makerOf, zippedBy } from './zip-map';

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
  | { readonly task: 'regression'; readonly valueName: string }
  /** Nothing says what the outputs mean, or it is more than a class or a value: they are answered as they are. */
  | { readonly task: 'raw' };

const probabilityOperators = new Set(['Softmax', 'Sigmoid']);
/** Operators that pass probabilities on as they are. */
const passing = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);
const maxClasses = 1_000_000;
const floats: ReadonlySet<unknown> = new Set(['FP16', 'FP32', 'FP64']);
/** What exporters call the scores of a classifier that also answers a label: their own word for what the graph's end may not show. */
const probabilityNames = /^(output_)?probabilit(y|ies)$/;

/** @throws AppError INVALID_INPUT when the outputs are not what the manifest says, or the labels do not fit. */
export function planOutput(graph: OnnxGraph, manifest: Manifest, kind: ModelKind): OutputPlan {
  const scores = findScores(graph, manifest);
  if (scores === null) return { task: 'raw' };
  const decision = graph.outputs.find((output) => output !== scores && isDecision(output)) ?? null;
  const columns = columnsOf(graph, scores, manifest);
  switch (manifest.task ?? deriveTask(graph, { scores, decision, columns }, manifest, kind)) {
    case 'classification':
      return planClassification(graph, { scores, decision, columns }, manifest);
    case 'regression':
      return columns === null || columns === 1 ? { task: 'regression', valueName: scores.name } : { task: 'raw' };
    default:
      return { task: 'raw' };
  }
}

/** What was found among the outputs. Columns: of the scores; null: the file does not say. */
interface Found {
  readonly scores: GraphValue;
  readonly decision: GraphValue | null;
  readonly columns: number | null;
}

/**
 * A raw model could answer anything: only where labels, or the end of its graph, say so are its outputs those of classes.
 * More than one row of scores (boxes, pictures, sequences) is no class of any kind of model.
 */
function deriveTask(graph: OnnxGraph, found: Found, manifest: Manifest, kind: ModelKind): OutputPlan['task'] {
  const { scores, decision, columns } = found;
  if (manifest.classLabels || ownLabels(graph) || metadataLabels(graph, columns === 1 ? 2 : columns)) return 'classification';
  const end = makerOf(graph, scores.name, passing);
  if (end && /Regressor$/.test(end.operator)) return 'regression';
  if (!isOneRow(scores)) return 'raw';
  if (kind === 'raw') return columns !== null && columns > 1 && end && endsInProbabilities(end) ? 'classification' : 'raw';
  return decision !== null || columns === null || columns > 1 ? 'classification' : 'regression';
}

function planClassification(graph: OnnxGraph, { scores, decision, columns }: Found, manifest: Manifest): OutputPlan {
  const own = ownLabels(graph);
  // One column of scores is the probability of the second of two classes.
  const count = columns === 1 ? 2 : (columns ?? manifest.classLabels?.length ?? own?.length ?? null);
  if (count === null) {
    throw new AppError(
      'INVALID_INPUT',
      `The number of classes of output "${scores.name}" is not in the model. List them in model.json under "classLabels", or say "task": "regression".`,
    );
  }
  if (count > maxClasses)
    throw new AppError(
      'INVALID_INPUT',
      `Output "${scores.name}" has ${count} classes; at most ${maxClasses} can be told apart. Say "kind": "raw".`,
    );
  const classLabels = manifest.classLabels ?? own ?? metadataLabels(graph, count) ?? Array.from({ length: count }, (_, i) => String(i));
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

/** Names of the outputs that an answer is read from, the scores or the value first. */
export function readNames(plan: OutputPlan): readonly string[] {
  switch (plan.task) {
    case 'classification':
      return plan.decisionName === null ? [plan.scoresName] : [plan.scoresName, plan.decisionName];
    case 'regression':
      return [plan.valueName];
    case 'raw':
      return [];
  }
}

/** Null: none of the outputs can be one, and nobody said that one is. */
function findScores(graph: OnnxGraph, manifest: Manifest): GraphValue | null {
  const wanted = manifest.output?.name;
  const names = graph.outputs.map((one) => `"${one.name}"`).join(', ');
  if (wanted === undefined) {
    const scores = graph.outputs.find((output) => isFloatTensor(output) || zippedBy(graph, output.name)) ?? null;
    if (scores || manifest.task === undefined) return scores;
    throw new AppError(
      'INVALID_INPUT',
      `model.json says "${manifest.task}", but none of the outputs (${names}) is a float tensor of scores or values.`,
    );
  }
  const found = graph.outputs.find((output) => output.name === wanted);
  if (!found) throw new AppError('INVALID_INPUT', `model.json names output "${wanted}"; the model has ${names}.`);
  if (isFloatTensor(found) || zippedBy(graph, found.name)) return found;
  throw new AppError('INVALID_INPUT', `model.json names output "${wanted}", which is no float tensor of scores or values.`);
}

function isFloatTensor({ type }: GraphValue): boolean {
  return type.kind === 'tensor' && floats.has(type.datatype);
}

function isDecision({ type }: GraphValue): boolean {
  return type.kind === 'tensor' && (type.datatype === 'INT64' || type.datatype === 'BYTES') && (type.shape?.length ?? 0) <= 1;
}

function isText({ type }: GraphValue): boolean {
  return type.kind === 'tensor' && type.datatype === 'BYTES';
}

/** [rows, columns], or with sides of 1 beside them, as exporters of pictures leave them. */
function isOneRow({ type }: GraphValue): boolean {
  return type.kind !== 'tensor' || (type.shape ?? []).slice(1).filter((side) => side !== 1).length <= 1;
}

/** Number of columns of the scores; null: the file does not say. */
function columnsOf(graph: OnnxGraph, scores: GraphValue, manifest: Manifest): number | null {
  const shape = scores.type.kind === 'tensor' ? scores.type.shape : null;
  if (zippedBy(graph, scores.name) || shape === null) return ownLabels(graph)?.length ?? manifest.classLabels?.length ?? null;
  if (shape.length < 2) return sideWithoutRows(graph, shape[0] ?? 1);
  const columns = shape.slice(1).reduce((product, size) => product * size, 1);
  return columns > 0 ? columns : null;
}

/** The only side of an output is that of its rows, unless no input has as many. */
function sideWithoutRows({ inputs }: OnnxGraph, side: number): number {
  const isRows = side < 1 || inputs.some(({ type }) => type.kind === 'tensor' && type.shape?.[0] === side);
  return isRows ? 1 : side;
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

/** The metadata may speak of other things than these scores: they count where they fit. */
function metadataLabels(graph: OnnxGraph, columns: number | null): readonly string[] | null {
  const labels = classLabelsOf(graph);
  return labels?.length === columns ? labels : null;
}

function appliesSoftmax(graph: OnnxGraph, scores: GraphValue, decision: GraphValue | null, manifest: Manifest): boolean {
  if (manifest.output?.scores !== undefined) return manifest.output.scores === 'logits';
  if (decision && probabilityNames.test(scores.name)) return false;
  const end = makerOf(graph, scores.name, passing);
  return !(end && endsInProbabilities(end));
}

function endsInProbabilities(node: GraphNode): boolean {
  // Normalizer stands behind LinearClassifier in sklearn exports: its output sums to 1. ZipMap names the probabilities of a classifier.
  return (
    probabilityOperators.has(node.operator) || (node.domain === 'ai.onnx.ml' && /Classifier$|^Normalizer$|^ZipMap$/.test(node.operator))
  );
}

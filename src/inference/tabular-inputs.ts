import { AppError } from '../errors';
import type { FeatureSignature, TensorSignature } from '../model-registry/model-version';
import type { Manifest } from './manifest';
import { featureNamesOf } from './metadata-names';
import type { OnnxGraph } from './onnx-graph';

/** One input tensor of a tabular model and the features that fill a row of it, in order. */
export interface TabularInput {
  readonly signature: TensorSignature;
  readonly features: readonly FeatureSignature[];
}

/** More are no table: a picture that was flattened. Who calls them features all the same may, up to the higher number. */
const maxGuessedFeatures = 10_000;
const maxFeatures = 100_000;

/** True when a row of features can fill these inputs: each has a place for one value a row, or a known number of them. */
export function areTabular(inputs: readonly TensorSignature[], graph: OnnxGraph, manifest: Manifest): boolean {
  const isNamed = inputs.length === 1 && namesOf(graph, manifest) !== null;
  const wanted = inputs.reduce((sum, { shape }) => sum + Math.max(1, shape[1] ?? 1), 0);
  if (wanted > maxGuessedFeatures) return false;
  return inputs.every(({ shape }) => {
    const [rows = 1, columns = 1] = shape;
    // A vector of a fixed length is one thing, not so many rows.
    return shape.length < 2 ? rows <= 1 : shape.length === 2 && (columns > 0 || isNamed);
  });
}

/** @throws AppError INVALID_INPUT when the names and the inputs do not fit each other. */
export function planTabularInputs(inputs: readonly TensorSignature[], graph: OnnxGraph, manifest: Manifest): readonly TabularInput[] {
  const names = namesOf(graph, manifest);
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

function columnsOf({ name, shape }: TensorSignature, names: readonly string[] | null): number {
  if (shape.length > 2)
    throw new AppError('INVALID_INPUT', `Input "${name}" has ${shape.length} dimensions; a tabular model takes [rows, features].`);
  const columns = shape.length < 2 ? 1 : (shape[1] as number);
  if (columns > maxFeatures) {
    throw new AppError(
      'INVALID_INPUT',
      `Input "${name}" has ${columns} features; at most ${maxFeatures} are recorded with each row. Say "kind": "raw" in model.json and send tensors.`,
    );
  }
  if (columns > 0) return columns;
  if (names) return names.length;
  throw new AppError(
    'INVALID_INPUT',
    `The number of features of input "${name}" is not in the model. List them in model.json under "features".`,
  );
}

function namesOf(graph: OnnxGraph, manifest: Manifest): readonly string[] | null {
  return manifest.features?.map((feature) => feature.name) ?? featureNamesOf(graph);
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

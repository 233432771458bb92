import { AppError } from '../errors';
import { confidenceFeature, type FeatureReference, predictionFeature, type ReferenceProfile } from './reference-profile';

type Json = Readonly<Record<string, unknown>>;

/** Reads `reference-profile.json`, format version 1. @throws AppError INVALID_INPUT with a sentence that says where it is wrong. */
export function parseReferenceProfile(text: string): ReferenceProfile {
  const json = object(parseJson(text), 'the file');
  if (json.formatVersion !== 1) throw wrong('formatVersion must be 1');
  const features = list(json.features ?? [], 'features').map((feature, index) => parseFeature(feature, `features[${index}]`, null));
  const names = features.map((feature) => feature.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw wrong(`feature "${twice}" is there twice`);
  const prediction = json.prediction == null ? [] : [parseFeature(json.prediction, 'prediction', predictionFeature)];
  const confidence = json.confidence == null ? [] : [parseFeature(json.confidence, 'confidence', confidenceFeature)];
  return {
    rows: count(json.rows, 'rows'),
    source: typeof json.source === 'string' ? json.source : 'reference-profile.json',
    features: [...features, ...prediction, ...confidence],
    ...parsePerformance(json.performance),
  };
}

function parsePerformance(value: unknown): Pick<ReferenceProfile, 'accuracy' | 'labelled'> {
  if (value == null) return { accuracy: null };
  const json = object(value, 'performance');
  const accuracy = number(json.accuracy, 'performance.accuracy');
  if (accuracy < 0 || accuracy > 1) throw wrong('performance.accuracy must be from 0 to 1');
  return { accuracy, ...(json.labelled != null && { labelled: count(json.labelled, 'performance.labelled') }) };
}

function parseFeature(value: unknown, where: string, fixedName: string | null): FeatureReference {
  const json = object(value, where);
  const name = fixedName ?? json.name;
  if (typeof name !== 'string' || name === '') throw wrong(`${where}.name must be a name`);
  if (fixedName === null && name.startsWith('@')) throw wrong(`${where}.name must not begin with "@"`);
  const counts = list(json.counts, `${where}.counts`).map((one, index) => count(one, `${where}.counts[${index}]`));
  const missing = count(json.missing ?? 0, `${where}.missing`);
  if (json.kind === 'categorical') {
    const categories = list(json.categories, `${where}.categories`).map(String);
    if (counts.length !== categories.length) throw wrong(`${where} must have one count a category`);
    if (new Set(categories).size < categories.length) throw wrong(`${where}.categories must differ`);
    return { kind: 'categorical', name, categories, counts, ...(missing > 0 && { missing }) };
  }
  if (json.kind !== 'numeric') throw wrong(`${where}.kind must be "numeric" or "categorical"`);
  const edges = list(json.edges, `${where}.edges`).map((one, index) => number(one, `${where}.edges[${index}]`));
  if (edges.some((edge, index) => index > 0 && edge <= (edges[index - 1] as number))) throw wrong(`${where}.edges must ascend`);
  if (counts.length !== edges.length + 1) throw wrong(`${where} must have one count more than edges`);
  return {
    kind: 'numeric',
    name,
    edges,
    counts,
    missing,
    mean: number(json.mean ?? 0, `${where}.mean`),
    standardDeviation: number(json.standardDeviation ?? 0, `${where}.standardDeviation`),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(`it is not valid JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

function object(value: unknown, where: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw wrong(`${where} must be an object`);
}

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(`${where} must be an array`);
}

function number(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(`${where} must be a finite number`);
}

function count(value: unknown, where: string): number {
  const n = number(value, where);
  if (Number.isInteger(n) && n >= 0) return n;
  throw wrong(`${where} must be a whole number of at least 0`);
}

function wrong(what: string): AppError {
  return new AppError('INVALID_INPUT', `reference-profile.json: ${what}.`);
}

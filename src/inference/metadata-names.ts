import type { OnnxGraph } from './onnx-graph';

/** Where exporters leave the names of the columns, and of the classes (`names`: those of Ultralytics). */
const featureKeys = ['feature_names', 'features'];
const labelKeys = ['class_labels', 'class_names', 'classes', 'labels', 'names'];
/** An entry of a dictionary as Python prints it: a number, and a text in either quotes. */
const pythonEntry = /(\d+)\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g;

export function featureNamesOf(graph: OnnxGraph): readonly string[] | null {
  return namesUnder(graph, featureKeys);
}

/** In the order of the classes. */
export function classLabelsOf(graph: OnnxGraph): readonly string[] | null {
  return namesUnder(graph, labelKeys);
}

function namesUnder({ metadata }: OnnxGraph, keys: readonly string[]): readonly string[] | null {
  const key = keys.find((one) => metadata.has(one));
  return key === undefined ? null : readNames(metadata.get(key) as string);
}

/** A list in JSON, numbered names in JSON or as Python prints them, or names separated by commas; null: nothing of these. */
function readNames(text: string): readonly string[] | null {
  try {
    return fromJson(JSON.parse(text));
  } catch {
    return text.trim().startsWith('{') ? fromPython(text) : text.split(',').map((name) => name.trim());
  }
}

function fromJson(parsed: unknown): readonly string[] | null {
  if (Array.isArray(parsed))
    return parsed.every((name) => typeof name === 'string' || typeof name === 'number') ? parsed.map(String) : null;
  if (typeof parsed !== 'object' || parsed === null) return null;
  return numbered(Object.entries(parsed).map(([key, name]) => [Number(key), name]));
}

function fromPython(text: string): readonly string[] | null {
  return numbered([...text.matchAll(pythonEntry)].map(([, at, single, double]) => [Number(at), single ?? double]));
}

/** Null unless they are numbered from 0 without a gap. */
function numbered(entries: readonly (readonly [number, unknown])[]): readonly string[] | null {
  const names = new Map(entries);
  const inOrder = Array.from({ length: names.size }, (_, at) => names.get(at));
  return inOrder.length > 0 && inOrder.every((name) => typeof name === 'string') ? inOrder : null;
}

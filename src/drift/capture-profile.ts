import type { PastAnswer, ReferenceRow } from './drift-store';
import { sumOf } from './drift-window';
import {
  binIndex,
  type CategoricalReference,
  confidenceFeature,
  type FeatureReference,
  type NumericReference,
  predictionFeature,
  type ReferenceProfile,
} from './reference-profile';

type Value = number | string | null;

const maxEdges = 31;
/** Rows a bin should hold: with fewer the reference itself is noise. */
const rowsPerBin = 20;
/** A text with more different values than this is a name or a sentence, not a category; its distribution says nothing. */
const maxCategories = 100;
const minLabelled = 100;

/** A reference made of past predictions: quantile bins for numbers, the values themselves for categories. */
export function captureProfile(rows: readonly ReferenceRow[], source: string): ReferenceProfile {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.inputFeatures)))];
  const labelled = rows.filter((row) => row.correct !== null);
  const columns: readonly (readonly [string, readonly Value[]])[] = [
    ...names.map((name) => [name, rows.map((row) => row.inputFeatures[name] ?? null)] as const),
    [predictionFeature, rows.map(answerOf)],
    [confidenceFeature, rows.map((row) => row.confidence)],
  ];
  return {
    rows: rows.length,
    source,
    features: columns.flatMap(([name, values]) => featureOf(name, values) ?? []),
    ...(labelled.length < minLabelled
      ? { accuracy: null }
      : { accuracy: labelled.filter((row) => row.correct === true).length / labelled.length, labelled: labelled.length }),
  };
}

/** What was answered, as a feature: classes by their labels, or values. Null: nothing was, or too many different labels. */
export function predictionFeatureOf(answers: readonly PastAnswer[]): FeatureReference | null {
  return featureOf(predictionFeature, answers.map(answerOf));
}

function answerOf({ label, value }: PastAnswer): Value {
  return label ?? value ?? null;
}

/** Null for a column without values or with too many different texts. */
function featureOf(name: string, values: readonly Value[]): FeatureReference | null {
  const present = values.filter((value) => typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value)));
  if (present.length === 0) return null;
  const missing = values.length - present.length;
  if (present.some((value) => typeof value === 'string')) return categorical(name, present.map(String), missing);
  return numeric(name, present.map(Number), missing);
}

function categorical(name: string, values: readonly string[], missing: number): CategoricalReference | null {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size > maxCategories) return null;
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return {
    kind: 'categorical',
    name,
    categories: sorted.map(([value]) => value),
    counts: sorted.map(([, count]) => count),
    ...(missing > 0 && { missing }),
  };
}

function numeric(name: string, values: readonly number[], missing: number): NumericReference {
  const edges = edgesOf([...values].sort((a, b) => a - b));
  const mean = sumOf(values) / values.length;
  const variance = sumOf(values.map((value) => (value - mean) ** 2)) / values.length;
  const empty: NumericReference = { kind: 'numeric', name, edges, counts: [], missing, mean, standardDeviation: Math.sqrt(variance) };
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) {
    const bin = binIndex(empty, value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { ...empty, counts };
}

/** Distinct interior quantiles: values that repeat much share a bin, so there may be fewer. A constant is fenced in, so that leaving it shows. */
function edgesOf(sorted: readonly number[]): number[] {
  const lowest = sorted[0] ?? 0;
  const highest = sorted[sorted.length - 1] ?? 0;
  if (lowest === highest) {
    const margin = Math.max(Math.abs(lowest) * 1e-6, 1e-9);
    return [lowest - margin, lowest + margin];
  }
  const bins = Math.max(2, Math.min(maxEdges + 1, Math.floor(sorted.length / rowsPerBin)));
  const quantiles = Array.from({ length: bins - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / bins)] ?? highest);
  const edges = [...new Set(quantiles)].filter((edge) => edge > lowest);
  // So many rows share the lowest value that no quantile is above it: what lies above is a bin of its own.
  return edges.length > 0 ? edges : [sorted.find((value) => value > lowest) ?? highest];
}

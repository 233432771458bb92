import type { ReferenceRow } from './drift-store';
import { confidenceFeature, type FeatureReference, predictionFeature, type ReferenceProfile } from './reference-profile';

const maxEdges = 31;
/** Rows a bin should hold: with fewer the reference itself is noise. */
const rowsPerBin = 20;
const maxCategories = 100;
const minLabelled = 100;

/** A reference made of past predictions: quantile bins for numbers, the values themselves for categories. */
export function captureProfile(rows: readonly ReferenceRow[], source: string): ReferenceProfile {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.inputFeatures)))];
  const labelled = rows.filter((row) => row.correct !== null);
  const confidences = rows.flatMap((row) => row.confidence ?? []);
  return {
    rows: rows.length,
    source,
    features: [
      ...names.map((name) =>
        feature(
          name,
          rows.map((row) => row.inputFeatures[name] ?? null),
        ),
      ),
      ...(rows.some((row) => row.label !== null)
        ? [
            feature(
              predictionFeature,
              rows.map((row) => row.label),
            ),
          ]
        : []),
      ...(confidences.length > 0 ? [feature(confidenceFeature, confidences)] : []),
    ],
    accuracy: labelled.length < minLabelled ? null : labelled.filter((row) => row.correct === true).length / labelled.length,
  };
}

function feature(name: string, values: readonly (number | string | null)[]): FeatureReference {
  const texts = values.filter((value): value is string => typeof value === 'string');
  return texts.length > 0 ? categorical(name, texts) : numeric(name, values);
}

function categorical(name: string, values: readonly string[]): FeatureReference {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const kept = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, maxCategories);
  return { kind: 'categorical', name, categories: kept.map(([value]) => value), counts: kept.map(([, count]) => count) };
}

function numeric(name: string, values: readonly (number | string | null)[]): FeatureReference {
  const sorted = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value)).sort((a, b) => a - b);
  const edges = quantileEdges(sorted);
  const counts = new Array<number>(edges.length + 1).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < edges.length && value >= (edges[bin] as number)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
  }
  const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length);
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, sorted.length);
  return { kind: 'numeric', name, edges, counts, missing: values.length - sorted.length, mean, standardDeviation: Math.sqrt(variance) };
}

/** Distinct interior quantiles. Values that repeat much share a bin, so there may be fewer. */
function quantileEdges(sorted: readonly number[]): number[] {
  const bins = Math.max(2, Math.min(maxEdges + 1, Math.floor(sorted.length / rowsPerBin)));
  const edges = Array.from({ length: bins - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / bins)] as number);
  return [...new Set(edges)].filter((edge) => edge !== undefined && edge > (sorted[0] as number));
}

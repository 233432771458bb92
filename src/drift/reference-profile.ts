/** Reference distribution of one numeric feature: fixed bins, counts only. */
export interface NumericReference {
  readonly kind: 'numeric';
  readonly name: string;
  /** Ascending and distinct; bin i holds edges[i-1] <= x < edges[i], the first and the last bin are open. */
  readonly edges: readonly number[];
  /** `edges.length + 1` counts. */
  readonly counts: readonly number[];
  readonly missing: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

export interface CategoricalReference {
  readonly kind: 'categorical';
  readonly name: string;
  readonly categories: readonly string[];
  readonly counts: readonly number[];
  /** Rows that had no value; absent: none. */
  readonly missing?: number;
}

export type FeatureReference = NumericReference | CategoricalReference;

/** The names under which predictions and confidence are binned beside the input features. */
export const predictionFeature = '@prediction';
export const confidenceFeature = '@confidence';

/** What the inputs and answers of one version looked like when they were good. Read from `reference-profile.json`, or captured from live traffic. */
export interface ReferenceProfile {
  readonly rows: number;
  /** One sentence: where these rows came from. */
  readonly source: string;
  /** Input features, then `@prediction` and `@confidence` where known. */
  readonly features: readonly FeatureReference[];
  /** Accuracy on the reference, null when it had no labels. */
  readonly accuracy: number | null;
  /** Rows that `accuracy` was measured on; absent: `rows`. */
  readonly labelled?: number;
}

/**
 * Index into a window's counts. Numeric: the bin, or `edges.length + 1` for a missing or non-finite value.
 * Categorical: the category, `categories.length` for one that the reference never saw, `categories.length + 1` for missing.
 */
export function binIndex(feature: FeatureReference, value: number | string | null | undefined): number {
  if (feature.kind === 'categorical') {
    if (value === null || value === undefined) return feature.categories.length + 1;
    const index = feature.categories.indexOf(String(value));
    return index === -1 ? feature.categories.length : index;
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return feature.edges.length + 1;
  return upperBound(feature.edges, value);
}

/** Number of counters in a window of this feature: its bins, the unseen (categorical) and the missing one. */
export function binCount(feature: FeatureReference): number {
  return feature.kind === 'numeric' ? feature.edges.length + 2 : feature.categories.length + 2;
}

/** The first index whose edge is above `value` (binary search). */
function upperBound(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

import { sumOf } from './drift-window';
import type { CategoricalReference, FeatureReference, NumericReference } from './reference-profile';

/** Counters of a window that are compared as one. */
export interface BinGroup {
  readonly label: string;
  /** Positions in a window's counts, see `binIndex`. */
  readonly bins: readonly number[];
  /** Rows of the reference in these bins. */
  readonly referenceCount: number;
}

export interface CoarseBins {
  readonly regular: readonly BinGroup[];
  /** Values that the reference never had, and missing ones: few or none, so they are tested exactly and apart. */
  readonly odd: readonly BinGroup[];
}

/** So many rows of the smaller sample a bin: with 200 rows ten bins, with 640 all 32. More bins at the same rows would only add noise. */
const rowsPerBin = 20;
const fewestBins = 5;
const minExpected = 5;

/**
 * The reference's bins, merged to as many as `windowRows` can fill. Decided from the reference alone, never from what is in the window:
 * bins that followed the window would find drift in noise.
 */
export function coarseBins(feature: FeatureReference, windowRows: number): CoarseBins {
  const rows = Math.min(windowRows, sumOf(feature.counts));
  const regular = feature.kind === 'numeric' ? neighbours(feature, rows) : frequentCategories(feature, rows);
  const unseen = feature.counts.flatMap((count, bin) => (count === 0 ? [bin] : []));
  if (feature.kind === 'categorical') unseen.push(feature.categories.length);
  const missingBin = feature.kind === 'numeric' ? feature.edges.length + 1 : feature.categories.length + 1;
  const odd = [
    { label: 'values the reference never had', bins: unseen, referenceCount: 0 },
    { label: 'missing values', bins: [missingBin], referenceCount: feature.missing ?? 0 },
  ];
  return { regular, odd: odd.filter((group) => group.bins.length > 0) };
}

/** Neighbouring bins together, each group about the same share of the reference. */
function neighbours(feature: NumericReference, rows: number): BinGroup[] {
  const total = sumOf(feature.counts);
  const share = total / Math.max(fewestBins, Math.floor(rows / rowsPerBin));
  const groups: BinGroup[] = [];
  let bins: number[] = [];
  let before = 0;
  let until = 0;
  feature.counts.forEach((count, bin) => {
    if (count === 0) return;
    bins.push(bin);
    until += count;
    // Closes where the running share has passed the next multiple: a bin that holds several shares counts for all of them.
    const isFull = Math.floor(until / share + 1e-9) > Math.floor(before / share + 1e-9);
    if (!isFull && until < total) return;
    groups.push({ label: rangeLabel(feature.edges, bins), bins, referenceCount: until - before });
    bins = [];
    before = until;
  });
  return groups;
}

/** Categories that the smaller sample should see five times stand alone, the rarer ones together. */
function frequentCategories(feature: CategoricalReference, rows: number): BinGroup[] {
  const total = sumOf(feature.counts);
  const isFrequent = (count: number) => (count * rows) / total >= minExpected;
  const alone = feature.counts.flatMap((count, bin) =>
    isFrequent(count) ? [{ label: `"${feature.categories[bin]}"`, bins: [bin], referenceCount: count }] : [],
  );
  const rare = feature.counts.flatMap((count, bin) => (count > 0 && !isFrequent(count) ? [bin] : []));
  if (rare.length === 0) return alone;
  const referenceCount = sumOf(rare.map((bin) => feature.counts[bin] ?? 0));
  return [...alone, { label: rare.length === 1 ? `"${feature.categories[rare[0] ?? 0]}"` : 'the rare ones', bins: rare, referenceCount }];
}

function rangeLabel(edges: readonly number[], bins: readonly number[]): string {
  const from = edges[(bins[0] ?? 0) - 1];
  const to = edges[bins[bins.length - 1] ?? 0];
  if (from === undefined) return to === undefined ? 'all values' : `below ${round(to)}`;
  return to === undefined ? `${round(from)} and above` : `[${round(from)}, ${round(to)})`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}

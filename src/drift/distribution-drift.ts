import { chiSquareHomogeneity } from '../statistics/chi-square-homogeneity';
import { populationStabilityIndex } from '../statistics/population-stability-index';
import type { DriftKind } from './drift-alert';
import { sumOf } from './drift-window';
import { confidenceFeature, type FeatureReference, predictionFeature } from './reference-profile';

/** One feature's test, before the correction over all features. */
export interface DistributionTest {
  readonly kind: DriftKind;
  readonly feature: string | null;
  readonly statistic: number;
  readonly pValue: number;
  /** Population stability index. */
  readonly effect: number;
  /** The effect must be above this to count: a floor, or what chance gives at these numbers of rows, whichever is higher. */
  readonly effectFloor: number;
  readonly referenceRows: number;
  readonly currentRows: number;
  /** In plain words: what moved. */
  readonly movement: string;
}

export const distributionTestName = 'chi-square homogeneity';
const smallestEffect = 0.1;

/** Compares a window with the reference on the reference's bins; null when one of them is empty. */
export function testDistribution(reference: FeatureReference, current: readonly number[]): DistributionTest | null {
  const bins = usedBins(referenceCounts(reference), current);
  const before = bins.map((bin) => bin.reference);
  const now = bins.map((bin) => bin.current);
  if (sumOf(before) === 0 || sumOf(now) === 0) return null;
  const { statistic, pValue } = chiSquareHomogeneity(before, now);
  const { psi, nullQuantile95 } = populationStabilityIndex(before, now);
  return {
    ...nameOf(reference.name),
    statistic,
    pValue,
    effect: psi,
    effectFloor: Math.max(smallestEffect, nullQuantile95),
    referenceRows: sumOf(before),
    currentRows: sumOf(now),
    movement: describeMovement(reference, bins),
  };
}

interface Bin {
  readonly index: number;
  readonly reference: number;
  readonly current: number;
}

/** Reference counts in the order of a window's: bins, then unseen (categorical), then missing. */
function referenceCounts(reference: FeatureReference): readonly number[] {
  return reference.kind === 'numeric' ? [...reference.counts, reference.missing] : [...reference.counts, 0, 0];
}

/** Bins that nobody ever filled (no missing values anywhere) say nothing and would only blunt the test. */
function usedBins(reference: readonly number[], current: readonly number[]): readonly Bin[] {
  return reference
    .map((count, index) => ({ index, reference: count, current: current[index] ?? 0 }))
    .filter((bin) => bin.reference + bin.current > 0);
}

function nameOf(name: string): { readonly kind: DriftKind; readonly feature: string | null } {
  if (name === predictionFeature) return { kind: 'PREDICTION', feature: null };
  if (name === confidenceFeature) return { kind: 'CONFIDENCE', feature: null };
  return { kind: 'DATA', feature: name };
}

function describeMovement(reference: FeatureReference, bins: readonly Bin[]): string {
  const [before, now] = [sumOf(bins.map((bin) => bin.reference)), sumOf(bins.map((bin) => bin.current))];
  const moves = bins.map((bin) => ({ index: bin.index, change: bin.current / now - bin.reference / before }));
  const gained = moves.reduce((a, b) => (b.change > a.change ? b : a));
  const lost = moves.reduce((a, b) => (b.change < a.change ? b : a));
  if (gained.index === lost.index) return 'nothing moved';
  return `mass moved from ${binName(reference, lost.index)} (${points(lost.change)}) to ${binName(reference, gained.index)} (${points(gained.change)})`;
}

function binName(reference: FeatureReference, index: number): string {
  if (reference.kind === 'categorical')
    return reference.categories[index] ?? (index === reference.categories.length ? 'unseen values' : 'missing values');
  const { edges } = reference;
  if (index > edges.length) return 'missing values';
  const show = (edge: number | undefined) => Number((edge ?? 0).toPrecision(3));
  if (edges.length === 0) return 'all values';
  if (index === 0) return `below ${show(edges[0])}`;
  return index === edges.length ? `${show(edges.at(-1))} and above` : `${show(edges[index - 1])} to ${show(edges[index])}`;
}

function points(change: number): string {
  return `${change > 0 ? '+' : ''}${(100 * change).toFixed(1)} points`;
}

import { chiSquareHomogeneity } from '../statistics/chi-square-homogeneity';
import { populationStabilityIndex } from '../statistics/population-stability-index';
import { type BinGroup, coarseBins } from './coarse-bins';
import { sumOf } from './drift-window';
import { fisherExact } from './fisher-exact';
import type { FeatureReference } from './reference-profile';

/** Shares 0..1 of one group of bins, then and now. */
export interface ShareChange {
  readonly label: string;
  readonly reference: number;
  readonly current: number;
}

export interface FeatureComparison {
  readonly feature: FeatureReference;
  readonly test: string;
  readonly statistic: number;
  readonly pValue: number;
  /** Population stability index over the compared groups. */
  readonly psi: number;
  /** What the index is on average at these row counts when nothing has drifted. */
  readonly chancePsi: number;
  /** What the index exceeds once in twenty times when nothing has drifted. */
  readonly nullPsi95: number;
  readonly referenceRows: number;
  readonly currentRows: number;
  readonly changes: readonly ShareChange[];
}

interface Counted {
  readonly label: string;
  readonly reference: number;
  readonly current: number;
}

/**
 * One p-value a feature: does the window come from the distribution of the reference? Chi-square homogeneity over the regular bins; when
 * there are missing or never seen values on either side, also Fisher's exact test of their share, and then the p-value is twice the smaller.
 * Null when either side has no rows.
 */
export function compareFeature(feature: FeatureReference, counts: readonly number[]): FeatureComparison | null {
  const { regular, odd } = coarseBins(feature, sumOf(counts));
  const countIn = (group: BinGroup): Counted => ({
    label: group.label,
    reference: group.referenceCount,
    current: sumOf(group.bins.map((bin) => counts[bin] ?? 0)),
  });
  const usual = regular.map(countIn);
  const strange = odd.map(countIn).filter(({ reference, current }) => reference + current > 0);
  const groups = [...usual, ...strange];
  const referenceRows = sumOf(groups.map((group) => group.reference));
  const currentRows = sumOf(groups.map((group) => group.current));
  if (referenceRows === 0 || currentRows === 0) return null;
  const { psi, nullQuantile95 } = populationStabilityIndex(
    groups.map((group) => group.reference),
    groups.map((group) => group.current),
  );
  return {
    feature,
    ...smallerP(usual, strange, referenceRows, currentRows),
    psi,
    chancePsi: (groups.length - 1) * (1 / referenceRows + 1 / currentRows),
    nullPsi95: nullQuantile95,
    referenceRows,
    currentRows,
    changes: groups.map(({ label, reference, current }) => ({
      label,
      reference: reference / referenceRows,
      current: current / currentRows,
    })),
  };
}

function smallerP(
  usual: readonly Counted[],
  strange: readonly Counted[],
  referenceRows: number,
  currentRows: number,
): Pick<FeatureComparison, 'test' | 'statistic' | 'pValue'> {
  const shape = chiSquare(usual);
  if (strange.length === 0) return { test: 'chi-square homogeneity', ...shape };
  const hits = { reference: sumOf(strange.map((group) => group.reference)), current: sumOf(strange.map((group) => group.current)) };
  const { twoSided } = fisherExact({ hits: hits.reference, rows: referenceRows }, { hits: hits.current, rows: currentRows });
  // The statistic of the exact test is the change of the share.
  const statistic = hits.current / currentRows - hits.reference / referenceRows;
  const chosen =
    twoSided < shape.pValue
      ? { test: 'Fisher exact on missing and unseen values', statistic, pValue: twoSided }
      : { test: 'chi-square homogeneity', ...shape };
  return { ...chosen, pValue: Math.min(1, 2 * chosen.pValue) };
}

function chiSquare(groups: readonly Counted[]): { readonly statistic: number; readonly pValue: number } {
  const reference = groups.map((group) => group.reference);
  const current = groups.map((group) => group.current);
  if (sumOf(reference) === 0 || sumOf(current) === 0) return { statistic: 0, pValue: 1 };
  const { statistic, pValue } = chiSquareHomogeneity(reference, current);
  return { statistic, pValue };
}

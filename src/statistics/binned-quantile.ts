import { type BinEdges, binEdges, binMiddle } from './logarithmic-bins';
import { quantileBounds, quantileEstimate } from './quantile-estimate';
import type { ArmEstimate } from './ratio-of-sums';

/** Counts by `logarithmicBin`: bins in rising order, none twice. Two samples merge by adding the counts of each bin. */
export interface BinnedSample {
  readonly bins: readonly number[];
  readonly units: readonly number[];
}

/**
 * The quantile of a sample of which only the bins are known. `estimate` is within 0.5% of the quantile of the values themselves (the
 * smallest value with at least a share of `quantile` at or below it), which lies between `lower` and `upper` for certain.
 *
 * @returns null without a unit.
 * @throws RangeError unless 0 < quantile < 1.
 * @example binnedQuantile({ bins: [2337], units: [4] }, 0.5)?.estimate; // 12.49...
 */
export function binnedQuantile(sample: BinnedSample, quantile: number): (BinEdges & { readonly estimate: number }) | null {
  if (!(quantile > 0 && quantile < 1)) throw new RangeError(`The quantile must lie between 0 and 1, not ${quantile}.`);
  const bin = binAt(sample, quantile);
  return bin === null ? null : { ...binEdges(bin), estimate: binMiddle(bin) };
}

/**
 * The same with a standard error, for tests at one planned look and for beliefs: `quantileEstimate` with its order statistics moved to the outer
 * edges of their bins, so that the standard error is never below that of the values themselves.
 *
 * @returns null where `quantileEstimate` has none: too few units for that quantile (p95: 73; p99: 380).
 * @throws RangeError as `binnedQuantile`.
 */
export function binnedQuantileArm(sample: BinnedSample, quantile: number): ArmEstimate | null {
  const [found, units] = [binnedQuantile(sample, quantile), unitsOf(sample)];
  if (found === null) return null;
  const bounds = quantileBounds(quantile, units);
  const [low, high] = [binAt(sample, bounds.lower), binAt(sample, bounds.upper)];
  if (low === null || high === null) return null;
  const { estimate: value } = found;
  return quantileEstimate({ quantile, units, value, lowerValue: binEdges(low).lower, upperValue: binEdges(high).upper });
}

export function unitsOf({ units }: BinnedSample): number {
  return units.reduce((sum, count) => sum + count, 0);
}

/** The first bin with at least that share of the units in it and below. */
function binAt({ bins, units }: BinnedSample, share: number): number | null {
  const wanted = share * unitsOf({ bins, units });
  let upTo = 0;
  let last: number | null = null;
  for (const [index, count] of units.entries()) {
    if (count === 0) continue;
    last = bins[index] as number;
    upTo += count;
    if (upTo >= wanted) return last;
  }
  return last;
}

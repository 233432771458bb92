import type { BinnedSample } from '../../../src/statistics/binned-quantile';
import { logarithmicBin } from '../../../src/statistics/logarithmic-bins';

/** Counts of values by bin. */
export function binnedSample(values: readonly number[]): BinnedSample {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(logarithmicBin(value), (counts.get(logarithmicBin(value)) ?? 0) + 1);
  const bins = [...counts.keys()].sort((a, b) => a - b);
  return { bins, units: bins.map((bin) => counts.get(bin) as number) };
}

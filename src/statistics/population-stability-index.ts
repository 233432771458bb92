import { chiSquaredUpperQuantile } from './chi-squared-distribution';

export interface PopulationStability {
  /** In nats, at least 0. */
  readonly psi: number;
  /** What the index exceeds with probability 0.05 although nothing has drifted; 0 with fewer than two bins. */
  readonly nullQuantile95: number;
}

/** Added to every bin, so that an empty one is strong evidence and not an infinite one. */
const pseudoCount = 0.5;

/**
 * The population stability index sum((p - q) ln(p / q)) between two samples of counts over the same k bins, p = (count + 0.5) / (n + 0.5
 * k). Without any drift the index is about chi2_{k-1} (1/n + 1/m), so it means something only above nullQuantile95, the 95% point of that;
 * the customary limits of 0.1 and 0.25 ignore n and m. Every bin given counts in k: leave out those that cannot be filled (a bin for
 * missing values that no sample ever used), they would raise nullQuantile95 and hide a drift.
 *
 * @param reference counts when all was well. @param current counts of the window, bin by bin.
 * @throws RangeError when the lists differ in length, a count is negative or not finite, or a sample is empty.
 * @example populationStabilityIndex([50, 50], [60, 40]).psi; // 0.0397...
 */
export function populationStabilityIndex(reference: readonly number[], current: readonly number[]): PopulationStability {
  if (reference.length !== current.length) throw new RangeError('Both samples must have the same bins.');
  const bins = reference.length;
  const referenceTotal = sumOfCounts(reference);
  const currentTotal = sumOfCounts(current);
  let psi = 0;
  reference.forEach((count, bin) => {
    const p = (count + pseudoCount) / (referenceTotal + pseudoCount * bins);
    const q = ((current[bin] ?? 0) + pseudoCount) / (currentTotal + pseudoCount * bins);
    psi += (p - q) * Math.log(p / q);
  });
  const nullQuantile95 = bins < 2 ? 0 : chiSquaredUpperQuantile(0.05, bins - 1) * (1 / referenceTotal + 1 / currentTotal);
  return { psi, nullQuantile95 };
}

function sumOfCounts(counts: readonly number[]): number {
  if (!counts.every((count) => Number.isFinite(count) && count >= 0)) throw new RangeError('Every count must be at least 0.');
  const sum = counts.reduce((total, count) => total + count, 0);
  if (sum === 0) throw new RangeError('Neither sample may be empty.');
  return sum;
}

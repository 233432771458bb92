import type { OrderedSample } from './ordered-sample';
import { QuantileEvidence, type QuantileOptions } from './quantile-evidence';

/**
 * A confidence sequence for a quantile, of any distribution: with probability 1 - alpha it holds the true quantile at every look together. All
 * values against which the evidence of `QuantileEvidence` is at most 1 / alpha: order statistics, so it is exact and as precise as the data.
 * Source: Howard, Ramdas, arXiv 1906.09712, theorem 1 with the beta-binomial mixture.
 *
 * Units must be independent: with many observations a unit take one a unit, or a unit's own quantile.
 *
 * @returns lower and upper in the unit of the values; -Infinity or Infinity while there are too few units to bound that side.
 * @throws RangeError when an option is out of its range.
 * @example
 * const latencies = orderedSample(Array.from({ length: 1000 }, (_, i) => i + 1));
 * quantileConfidenceSequence(latencies, { quantile: 0.5, alpha: 0.05, tuningUnits: 1000 }); // 453 and 548
 */
export function quantileConfidenceSequence(sample: OrderedSample, options: QuantileOptions) {
  const evidence = new QuantileEvidence(sample, options);
  const threshold = -Math.log(options.alpha);
  return { lower: lowerEnd(evidence, threshold), upper: upperEnd(evidence, threshold) };
}

/** The smallest value that the evidence does not exclude. */
export function lowerEnd(evidence: QuantileEvidence, threshold: number): number {
  if (evidence.after(-1) <= threshold) return Number.NEGATIVE_INFINITY;
  let [low, high] = [0, evidence.leastAt];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (evidence.at(middle) <= threshold) high = middle;
    else low = middle + 1;
  }
  return evidence.sample.values[low] as number;
}

/** The largest value that the evidence does not exclude. */
export function upperEnd(evidence: QuantileEvidence, threshold: number): number {
  const last = evidence.sample.values.length - 1;
  if (evidence.after(last) <= threshold) return Number.POSITIVE_INFINITY;
  let [low, high] = [evidence.leastAt, last];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (evidence.at(middle) <= threshold) low = middle;
    else high = middle - 1;
  }
  return evidence.sample.values[low] as number;
}

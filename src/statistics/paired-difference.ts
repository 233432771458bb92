import { asymptoticConfidenceSequence, type ConfidenceSequenceLook } from './asymptotic-confidence-sequence';
import { type ArmEstimate, meanOfSums, type ValueSums } from './ratio-of-sums';

/** Sums over inputs that two models both answered: the value c of the control (correct, latency in ms, loss) and t of the treatment. */
export interface PairedSums {
  readonly pairs: number;
  readonly control: number;
  readonly treatment: number;
  readonly controlSquared: number;
  readonly treatmentSquared: number;
  /** Sum of c t. */
  readonly product: number;
}

/**
 * The sums of the differences d = t - c, where sum(d^2) = sum(t^2) + sum(c^2) - 2 sum(c t). Keeping sum(d) and sum(d^2) themselves, as a
 * mean of one value a pair, saves the digits that this loses when the values are large against their differences.
 *
 * @example differenceSums({ pairs: 2, control: 3, treatment: 5, controlSquared: 5, treatmentSquared: 13, product: 8 }).sumOfSquares; // 2
 */
export function differenceSums(sums: PairedSums): ValueSums {
  const sumOfSquares = Math.max(0, sums.treatmentSquared + sums.controlSquared - 2 * sums.product);
  return { units: sums.pairs, sum: sums.treatment - sums.control, sumOfSquares };
}

/**
 * Mean of treatment - control on the same inputs, with its standard error sqrt(s_d^2 / n): the paired comparison of a shadow. With units that
 * send many inputs, `ratioOfSums` with the unit's sum of differences as numerator and its pairs as denominator is the same over units.
 * `welchTest` with n - 1 degrees of freedom makes it the paired t test.
 *
 * @param sums of the differences, or of both values. Bound and clamping as `meanOfSums`.
 * @returns null with fewer than two pairs.
 * @throws RangeError when a sum is not finite, or the pairs are not a whole number of at least 0.
 * @example pairedDifference({ units: 3, sum: 6, sumOfSquares: 14 })?.mean; // 2
 */
export function pairedDifference(sums: ValueSums | PairedSums): ArmEstimate | null {
  return meanOfSums('pairs' in sums ? differenceSums(sums) : sums);
}

/**
 * What pairing saves: variance of the paired difference / variance of the same difference between two arms of as many units each,
 * s_d^2 / (s_c^2 + s_t^2), which is 1 - correlation for equal variances. At 0.1 a shadow needs a tenth of the inputs that a split would.
 *
 * @returns null with fewer than two pairs, or when neither value varies.
 * @throws RangeError as `pairedDifference`.
 */
export function pairedVarianceRatio(sums: PairedSums): number | null {
  const difference = pairedDifference(sums);
  const control = meanOfSums({ units: sums.pairs, sum: sums.control, sumOfSquares: sums.controlSquared });
  const treatment = meanOfSums({ units: sums.pairs, sum: sums.treatment, sumOfSquares: sums.treatmentSquared });
  if (difference === null || control === null || treatment === null) return null;
  const unpaired = control.standardError ** 2 + treatment.standardError ** 2;
  return unpaired === 0 ? null : difference.standardError ** 2 / unpaired;
}

/**
 * One look at a paired difference that stays valid however often one looks: `asymptoticConfidenceSequence` of one sample, whose size is the
 * number of pairs (of units, when they were clustered). No pooling of spreads is needed, both models saw the same inputs; at least 30 pairs.
 *
 * @throws RangeError as `asymptoticConfidenceSequence`.
 * @example pairedDifferenceLook({ mean: 0.02, standardError: 0.004, units: 5000 }, { alpha: 0.05 }).lower; // 0.0078...
 */
export function pairedDifferenceLook(
  difference: ArmEstimate,
  options: { readonly alpha: number; readonly tuningSampleSize?: number },
): ConfidenceSequenceLook {
  const { mean: estimate, standardError, units: sampleSize } = difference;
  return asymptoticConfidenceSequence({ estimate, standardError, sampleSize, ...options });
}

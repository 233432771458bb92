/** Labelled predictions by bin of their probability. Two of the same bins merge by adding entry by entry. */
export interface CalibrationBins {
  readonly counts: readonly number[];
  /** Sum of the predicted probabilities in the bin. */
  readonly probabilities: readonly number[];
  /** How many of the bin proved true: positives, or for the top class of several the correct ones. */
  readonly positives: readonly number[];
}

export interface Calibration {
  /** sum(n_b / n |mean probability - share of positives|): the mean distance between what is said and what happens, 0..1. */
  readonly expectedError: number;
  /** The largest distance of a bin that has predictions, 0..1. */
  readonly maximumError: number;
  /** Mean probability - share of positives over all: above 0 the model is too confident. */
  readonly bias: number;
}

/**
 * The bin [k / bins, (k + 1) / bins) of a probability; 1 belongs to the last.
 *
 * @throws RangeError when the probability is outside 0..1 or `bins` is not a whole number above 0.
 * @example calibrationBin(0.25, 10); // 2
 */
export function calibrationBin(probability: number, bins: number): number {
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`A probability must lie between 0 and 1, not ${probability}.`);
  if (!Number.isInteger(bins) || bins < 1) throw new RangeError(`The number of bins must be a whole number above 0, not ${bins}.`);
  const bin = Math.min(bins - 1, Math.floor(probability * bins));
  // The product can round across an edge; the edges themselves are k / bins.
  if (probability < bin / bins) return bin - 1;
  return bin + 1 < bins && probability >= (bin + 1) / bins ? bin + 1 : bin;
}

/**
 * Does a probability of 80% come true in 80 of 100 cases? Expected calibration error over the bins given (Naeini, Cooper, Hauskrecht 2015,
 * for equal widths). It is never negative, so sampling alone makes it about sum(sqrt(2 n_b p_b (1 - p_b) / pi)) / n in a model without any
 * fault: compare two models on the same labels and bins only.
 *
 * @returns null without predictions.
 * @throws RangeError when the lists differ in length, a number is negative or not finite, or a bin has more positives than predictions.
 * @example calibrationOf({ counts: [10, 10], probabilities: [2, 8], positives: [1, 9] })?.expectedError; // 0.1
 */
export function calibrationOf({ counts, probabilities, positives }: CalibrationBins): Calibration | null {
  requireBins({ counts, probabilities, positives });
  const total = sum(counts);
  if (total === 0) return null;
  const gaps = counts.map((_, bin) => (probabilities[bin] as number) - (positives[bin] as number));
  const maximumError = counts.reduce(
    (worst, count, bin) => (count > 0 ? Math.max(worst, Math.abs(gaps[bin] as number) / count) : worst),
    0,
  );
  return { expectedError: sum(gaps.map(Math.abs)) / total, maximumError, bias: sum(gaps) / total };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function requireBins({ counts, probabilities, positives }: CalibrationBins): void {
  if (counts.length !== probabilities.length || counts.length !== positives.length)
    throw new RangeError('Every list must have the same bins.');
  const isAmount = (value: number) => Number.isFinite(value) && value >= 0;
  if (![...counts, ...probabilities, ...positives].every(isAmount)) throw new RangeError('Every count and sum must be at least 0.');
  if (positives.some((positive, bin) => positive > (counts[bin] as number))) {
    throw new RangeError('A bin cannot have more positives than predictions.');
  }
}

import type { ArmEstimate } from './ratio-of-sums';

/** Labelled predictions by what was said and what was true. Two merge by adding. */
export interface BinaryConfusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** Each 0..1 (`matthews` -1..1), null where its denominator is 0. */
export interface BinaryScores {
  readonly accuracy: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly specificity: number | null;
  readonly f1: number | null;
  readonly matthews: number | null;
}

/**
 * Scores of a binary classifier from its four counts. Precision and recall are proportions: `wilsonInterval` of (truePositives, said
 * positive) and (truePositives, positive) is their interval when predictions are independent, `ratioOfSums` over units when they are not.
 *
 * @throws RangeError when a count is not a whole number of at least 0.
 * @example binaryScores({ truePositives: 80, falsePositives: 20, falseNegatives: 30, trueNegatives: 870 }).precision; // 0.8
 */
export function binaryScores(confusion: BinaryConfusion): BinaryScores {
  requireCounts(confusion);
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = confusion;
  // As two square roots, since the product of four large counts is not exact.
  const matthewsScale = Math.sqrt((tp + fp) * (tp + fn)) * Math.sqrt((tn + fp) * (tn + fn));
  return {
    accuracy: share(tp + tn, tp + fp + fn + tn),
    precision: share(tp, tp + fp),
    recall: share(tp, tp + fn),
    specificity: share(tn, tn + fp),
    f1: share(2 * tp, 2 * tp + fp + fn),
    matthews: share(tp * tn - fp * fn, matthewsScale),
  };
}

/**
 * F1 = 2 tp / D, D = 2 tp + fp + fn, with its standard error by the delta method on multinomial counts: Var = g' (diag(p) - p p') g / n with g
 * the gradient, in which the second part is 0 since F1 does not depend on the scale of the counts: SE^2 = 4 tp (fp + fn) (tp + fp + fn) / D^4.
 * Independent predictions only.
 *
 * @returns null when there is neither a positive nor a prediction of one.
 * @throws RangeError when a count is not a whole number of at least 0.
 * @example f1Estimate({ truePositives: 80, falsePositives: 20, falseNegatives: 30, trueNegatives: 870 })?.standardError; // 0.0327...
 */
export function f1Estimate(confusion: BinaryConfusion): ArmEstimate | null {
  requireCounts(confusion);
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = confusion;
  const denominator = 2 * tp + fp + fn;
  if (denominator === 0) return null;
  const errors = fp + fn;
  const standardError = (2 * Math.sqrt((tp / denominator) * (errors / denominator) * (tp + errors))) / denominator;
  return { mean: (2 * tp) / denominator, standardError, units: tp + errors + tn };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function requireCounts(confusion: BinaryConfusion): void {
  const outside = Object.values(confusion).find((count) => !Number.isInteger(count) || count < 0);
  if (outside !== undefined) throw new RangeError(`A count must be a whole number of at least 0, not ${outside}.`);
}

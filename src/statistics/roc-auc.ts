import { midRanks } from './mid-ranks';
import type { ArmEstimate } from './ratio-of-sums';

/** What one model gave to each labelled prediction, apart by true class. Larger means more likely positive. */
export interface LabelledScores {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

/** The same predictions scored by two models: entry i of a list is the same input in both. */
export interface PairedScores {
  readonly control: LabelledScores;
  readonly treatment: LabelledScores;
}

export interface AucDifference {
  readonly control: ArmEstimate;
  readonly treatment: ArmEstimate;
  /** Of the two estimates; 0 in unpaired arms. */
  readonly covariance: number;
  /** treatment - control. */
  readonly estimate: number;
  readonly standardError: number;
}

/**
 * Area under the ROC curve: the share of (positive, negative) pairs in which the positive scores higher, a tie being half a pair. Standard
 * error by DeLong, DeLong, Clarke-Pearson (1988): with V_i the share of negatives below positive i and W_j the share of positives above
 * negative j, SE^2 = var(V) / m + var(W) / n with divisors m - 1 and n - 1. O(N log N) by mid-ranks (Sun and Xu 2014).
 *
 * Two models in two arms, each with predictions of its own, are compared by `absoluteLift` of their areas. Error bound: ranks are exact up
 * to 2^53, relative error 1e-13.
 *
 * @returns null with fewer than two positives or two negatives. `units` counts both.
 * @throws RangeError when a score is NaN.
 * @example rocAuc({ positives: [0.9, 0.4], negatives: [0.1, 0.5] })?.mean; // 0.75
 */
export function rocAuc(scores: LabelledScores): ArmEstimate | null {
  const placements = placementsOf(scores);
  return placements === null ? null : estimateOf(placements);
}

/**
 * The difference of the areas of two models that scored the same predictions, SE^2 = var_c + var_t - 2 cov, cov = cov(V_c, V_t) / m +
 * cov(W_c, W_t) / n. The better the models agree, the fewer predictions it needs. Source and error bound as `rocAuc`.
 *
 * @returns null with fewer than two positives or two negatives.
 * @throws RangeError when a score is NaN, or the lists of the two models differ in length.
 * @example
 * const control = { positives: [3, 2], negatives: [1, 2.5] };
 * const treatment = { positives: [3, 2], negatives: [1, 1.5] };
 * pairedAucDifference({ control, treatment })?.estimate; // 0.25
 */
export function pairedAucDifference({ control, treatment }: PairedScores): AucDifference | null {
  if (control.positives.length !== treatment.positives.length || control.negatives.length !== treatment.negatives.length) {
    throw new RangeError('Both models must have scored the same predictions.');
  }
  const ofControl = placementsOf(control);
  const ofTreatment = placementsOf(treatment);
  if (ofControl === null || ofTreatment === null) return null;
  const covariance =
    covarianceOfMeans(ofControl.positives, ofTreatment.positives) + covarianceOfMeans(ofControl.negatives, ofTreatment.negatives);
  return aucDifference(estimateOf(ofControl), estimateOf(ofTreatment), covariance);
}

/** The difference of two areas with the covariance that the caller knows. Rounding below 0 of its variance becomes 0. */
export function aucDifference(control: ArmEstimate, treatment: ArmEstimate, covariance: number): AucDifference {
  const variance = control.standardError ** 2 + treatment.standardError ** 2 - 2 * covariance;
  const standardError = Math.sqrt(Math.max(0, variance));
  return { control, treatment, covariance, estimate: treatment.mean - control.mean, standardError };
}

/** DeLong's V and W. The mean of each is the area. */
interface Placements {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** The rank among all, less the rank among its own class, counts those of the other class that are below, ties by half. */
function placementsOf({ positives, negatives }: LabelledScores): Placements | null {
  const [m, n] = [positives.length, negatives.length];
  const amongAll = midRanks([...positives, ...negatives]);
  if (m < 2 || n < 2) return null;
  const amongPositives = midRanks(positives);
  const amongNegatives = midRanks(negatives);
  return {
    positives: amongPositives.map((rank, i) => ((amongAll[i] as number) - rank) / n),
    negatives: amongNegatives.map((rank, j) => 1 - ((amongAll[m + j] as number) - rank) / m),
  };
}

function estimateOf({ positives, negatives }: Placements): ArmEstimate {
  const variance = covarianceOfMeans(positives, positives) + covarianceOfMeans(negatives, negatives);
  return { mean: meanOf(positives), standardError: Math.sqrt(variance), units: positives.length + negatives.length };
}

/** cov(x, y) / n with divisor n - 1, in two passes. */
function covarianceOfMeans(x: Float64Array, y: Float64Array): number {
  const [meanOfX, meanOfY] = [meanOf(x), meanOf(y)];
  const sum = x.reduce((total, value, i) => total + (value - meanOfX) * ((y[i] as number) - meanOfY), 0);
  return sum / (x.length - 1) / x.length;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

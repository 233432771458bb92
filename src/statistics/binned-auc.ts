import type { ArmEstimate } from './ratio-of-sums';
import { type AucDifference, aucDifference } from './roc-auc';

/** Counts of predictions by bin of the score, bins in ascending order, apart by true class. Two histograms merge by adding counts. */
export interface ScoreHistogram {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

/** Counts by the bins of both models: `positives[i][j]` of them scored in bin i by the control and in bin j by the treatment. */
export interface JointScoreHistogram {
  readonly positives: readonly (readonly number[])[];
  readonly negatives: readonly (readonly number[])[];
}

export interface BinnedAuc extends ArmEstimate {
  /** The area of the raw scores is within this distance of `mean`, for certain. */
  readonly binningError: number;
}

export interface BinnedAucDifference extends AucDifference {
  /** The difference of the areas of the raw scores is within this distance of `estimate`, for certain. */
  readonly binningError: number;
}

/**
 * Area under the ROC curve from fixed bins of the score, what a server can keep: all scores of a bin are tied. Standard error by DeLong as
 * in `rocAuc`, exact for the binned score.
 *
 * Bound: raw scores can order only those (positive, negative) pairs differently that share a bin, and each counts 1/2 here, so the raw area
 * differs by at most sum(p_b q_b) / 2 with p_b and q_b the shares of positives and negatives in bin b. With 100 evenly filled bins: 0.005.
 *
 * @returns null with fewer than two positives or two negatives.
 * @throws RangeError when the lists differ in length or a count is not a whole number of at least 0.
 * @example binnedAuc({ positives: [1, 3], negatives: [3, 1] })?.mean; // 0.75
 */
export function binnedAuc(histogram: ScoreHistogram): BinnedAuc | null {
  const placements = placementsOf(histogram);
  return placements === null ? null : estimateOf(histogram, placements);
}

/**
 * The difference of the areas of two models that scored the same predictions, from the joint histogram: `pairedAucDifference` of the binned
 * scores. Its binning error is the sum of the two.
 *
 * @returns null with fewer than two positives or two negatives.
 * @throws RangeError when a table is not rectangular, the two differ in shape, or a count is not a whole number of at least 0.
 * @example binnedAucDifference({ positives: [[0, 1], [0, 3]], negatives: [[3, 0], [1, 0]] })?.estimate; // 0.25
 */
export function binnedAucDifference(joint: JointScoreHistogram): BinnedAucDifference | null {
  requireRectangles(joint);
  const control = { positives: rowSums(joint.positives), negatives: rowSums(joint.negatives) };
  const treatment = { positives: columnSums(joint.positives), negatives: columnSums(joint.negatives) };
  const ofControl = placementsOf(control);
  const ofTreatment = placementsOf(treatment);
  if (ofControl === null || ofTreatment === null) return null;
  const [first, second] = [estimateOf(control, ofControl), estimateOf(treatment, ofTreatment)];
  const covariance =
    jointCovariance(joint.positives, ofControl.positives, ofTreatment.positives, [first.mean, second.mean]) +
    jointCovariance(joint.negatives, ofControl.negatives, ofTreatment.negatives, [first.mean, second.mean]);
  return { ...aucDifference(first, second, covariance), binningError: first.binningError + second.binningError };
}

/** For a score in each bin: the share of negatives below it, and the share of positives above it; ties by half. */
interface BinPlacements {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

function placementsOf({ positives, negatives }: ScoreHistogram): BinPlacements | null {
  if (positives.length !== negatives.length) throw new RangeError('Both classes must have the same bins.');
  const outside = [...positives, ...negatives].find((count) => !Number.isInteger(count) || count < 0);
  if (outside !== undefined) throw new RangeError(`A count must be a whole number of at least 0, not ${outside}.`);
  const [m, n] = [total(positives), total(negatives)];
  if (m < 2 || n < 2) return null;
  let positivesBelow = 0;
  let negativesBelow = 0;
  const placements: { positives: number[]; negatives: number[] } = { positives: [], negatives: [] };
  positives.forEach((positive, bin) => {
    const negative = negatives[bin] as number;
    placements.positives.push((negativesBelow + negative / 2) / n);
    placements.negatives.push(1 - (positivesBelow + positive / 2) / m);
    positivesBelow += positive;
    negativesBelow += negative;
  });
  return placements;
}

function estimateOf({ positives, negatives }: ScoreHistogram, placements: BinPlacements): BinnedAuc {
  const [m, n] = [total(positives), total(negatives)];
  const mean = positives.reduce((sum, count, bin) => sum + count * (placements.positives[bin] as number), 0) / m;
  const squares = (counts: readonly number[], values: readonly number[]) =>
    counts.reduce((sum, count, bin) => sum + count * ((values[bin] as number) - mean) ** 2, 0);
  const variance = squares(positives, placements.positives) / (m - 1) / m + squares(negatives, placements.negatives) / (n - 1) / n;
  const tiedPairs = positives.reduce((sum, count, bin) => sum + (count / m) * ((negatives[bin] as number) / n), 0);
  return { mean, standardError: Math.sqrt(variance), units: m + n, binningError: tiedPairs / 2 };
}

function jointCovariance(
  table: readonly (readonly number[])[],
  ofRow: readonly number[],
  ofColumn: readonly number[],
  [meanOfRow, meanOfColumn]: readonly [number, number],
): number {
  let sum = 0;
  table.forEach((row, i) => {
    row.forEach((count, j) => {
      sum += count * ((ofRow[i] as number) - meanOfRow) * ((ofColumn[j] as number) - meanOfColumn);
    });
  });
  const count = total(rowSums(table));
  return sum / (count - 1) / count;
}

function rowSums(table: readonly (readonly number[])[]): number[] {
  return table.map(total);
}

function columnSums(table: readonly (readonly number[])[]): number[] {
  return (table[0] ?? []).map((_, column) => total(table.map((row) => row[column] as number)));
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function requireRectangles({ positives, negatives }: JointScoreHistogram): void {
  const columns = positives[0]?.length;
  const isRectangle = [...positives, ...negatives].every((row) => row.length === columns);
  if (positives.length !== negatives.length || !isRectangle) throw new RangeError('Both tables must be rectangles of one shape.');
  const outside = [...positives, ...negatives].flat().find((count) => !Number.isInteger(count) || count < 0);
  if (outside !== undefined) throw new RangeError(`A count must be a whole number of at least 0, not ${outside}.`);
}

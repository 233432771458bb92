import type { ArmEstimate } from './ratio-of-sums';

/** `matrix[i][j]` labelled predictions were truly of class i and predicted as class j. Square; two merge by adding cell by cell. */
export type ConfusionMatrix = readonly (readonly number[])[];

export interface ClassScores {
  /** Null when the class was never predicted. */
  readonly precision: number | null;
  /** Null when the class never occurred. */
  readonly recall: number | null;
  /** Null when it neither occurred nor was predicted. */
  readonly f1: number | null;
  readonly support: number;
}

export interface MulticlassScores {
  /** Correct / all; null without predictions. Micro-averaged precision, recall and F1 are all this number. */
  readonly accuracy: number | null;
  /** Means over the classes that occurred or were predicted; there an undefined precision or recall counts as 0, as scikit-learn does. */
  readonly macroPrecision: number | null;
  readonly macroRecall: number | null;
  readonly macroF1: number | null;
  readonly classes: readonly ClassScores[];
}

/**
 * Precision, recall and F1 of each class and their plain means: every class weighs the same, however rare.
 *
 * @throws RangeError when the matrix is not square or a count is not a whole number of at least 0.
 * @example multiclassScores([[8, 2], [1, 9]]).accuracy; // 0.85
 */
export function multiclassScores(matrix: ConfusionMatrix): MulticlassScores {
  requireSquare(matrix);
  const { correct, actual, predicted } = marginsOf(matrix);
  const classes = correct.map((hits, k): ClassScores => {
    const [occurred, said] = [actual[k] as number, predicted[k] as number];
    return { precision: share(hits, said), recall: share(hits, occurred), f1: share(2 * hits, occurred + said), support: occurred };
  });
  const known = classes.filter(({ f1 }) => f1 !== null);
  const meanOf = (score: (scores: ClassScores) => number | null) => share(sum(known.map((scores) => score(scores) ?? 0)), known.length);
  return {
    accuracy: share(sum(correct), sum(actual)),
    macroPrecision: meanOf(({ precision }) => precision),
    macroRecall: meanOf(({ recall }) => recall),
    macroF1: meanOf(({ f1 }) => f1),
    classes,
  };
}

/**
 * Macro F1 with its standard error by the delta method on multinomial counts, SE^2 = sum(n_ij g_ij^2) with the gradient g of
 * (1/K) sum(2 n_kk / (r_k + s_k)), r and s being row and column totals; K counts the classes that occurred or were predicted. Independent
 * predictions only. With two classes of which one is left out of the mean this is `f1Estimate`.
 *
 * @returns null without predictions.
 * @throws RangeError as `multiclassScores`.
 * @example macroF1Estimate([[8, 2], [1, 9]])?.mean; // 0.8496...
 */
export function macroF1Estimate(matrix: ConfusionMatrix): ArmEstimate | null {
  const { macroF1 } = multiclassScores(matrix);
  if (macroF1 === null) return null;
  const { correct, actual, predicted } = marginsOf(matrix);
  const totals = actual.map((occurred, k) => occurred + (predicted[k] as number));
  const classes = totals.filter((total) => total > 0).length;
  // What one more count in row or column k takes from F1 of class k.
  const slopes = totals.map((total, k) => (total === 0 ? 0 : (2 * (correct[k] as number)) / total / total));
  let variance = 0;
  matrix.forEach((row, i) => {
    row.forEach((count, j) => {
      if (count === 0) return;
      const hit = i === j ? 2 / (totals[i] as number) : 0;
      variance += count * ((hit - (slopes[i] as number) - (slopes[j] as number)) / classes) ** 2;
    });
  });
  return { mean: macroF1, standardError: Math.sqrt(variance), units: sum(actual) };
}

function marginsOf(matrix: ConfusionMatrix): { correct: number[]; actual: number[]; predicted: number[] } {
  return {
    correct: matrix.map((row, k) => row[k] as number),
    actual: matrix.map(sum),
    predicted: matrix.map((_, k) => sum(matrix.map((row) => row[k] as number))),
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** @throws RangeError when the matrix is not square or a count is not a whole number of at least 0. */
export function requireSquare(matrix: ConfusionMatrix): void {
  if (!matrix.every((row) => row.length === matrix.length)) throw new RangeError('The matrix must be square.');
  const outside = matrix.flat().find((count) => !Number.isInteger(count) || count < 0);
  if (outside !== undefined) throw new RangeError(`A count must be a whole number of at least 0, not ${outside}.`);
}

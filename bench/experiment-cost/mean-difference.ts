/** Of pairs that were measured one after the other. */
export interface MeanDifference {
  readonly mean: number;
  /** Of the mean; null below two pairs. */
  readonly standardError: number | null;
  readonly pairs: number;
}

/** Null without a pair of two numbers. */
export function meanDifference(pairs: readonly (readonly [number | null, number | null])[]): MeanDifference | null {
  const differences = pairs.flatMap(([one, other]) => (one === null || other === null ? [] : [one - other]));
  if (differences.length === 0) return null;
  const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length;
  const squares = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const standardError = differences.length < 2 ? null : Math.sqrt(squares / (differences.length - 1) / differences.length);
  return { mean, standardError, pairs: differences.length };
}

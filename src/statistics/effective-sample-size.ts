/**
 * How many units two equal arms would have together if their difference were known as well: 4 / (1 / n_c + 1 / n_t). Never more than n_c + n_t, and
 * equal to it for equal arms. It is the time by which a sequential test of a difference should go: with a tenth of the units in one arm the
 * spread of the difference is that arm's, and the other arm's units make it no older.
 *
 * @throws RangeError unless both numbers are above 0.
 * @example effectiveSampleSize(900, 100); // 360
 */
export function effectiveSampleSize(controlUnits: number, treatmentUnits: number): number {
  if (!(controlUnits > 0 && treatmentUnits > 0)) throw new RangeError(`Both arms need units, not ${controlUnits} and ${treatmentUnits}.`);
  return 4 / (1 / controlUnits + 1 / treatmentUnits);
}

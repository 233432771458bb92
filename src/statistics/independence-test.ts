import { chiSquaredSurvival } from './chi-squared-distribution';

export interface IndependenceTest {
  readonly statistic: number;
  /** (rows - 1) (columns - 1) without empty ones; 0 when nothing can be said, with statistic 0 and p 1. */
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}

/**
 * Are two assignments independent of each other? Pearson's chi-square on the table of units by the arm of one experiment (row) and of
 * another (column), no continuity correction: sum((o - e)^2 / e), e = row total x column total / total. A small p means that two
 * experiments share a hash and each one's result contains the other's effect. Empty rows and columns do not count. Two rows:
 * `pearsonHomogeneity` is the same and adds an effect size. Relative error of p below 1e-10.
 *
 * @throws RangeError when the table is not rectangular, or a count is negative or not finite.
 * @example independenceTest([[500, 500], [520, 480]]).pValue; // 0.3709...
 */
export function independenceTest(table: readonly (readonly number[])[]): IndependenceTest {
  const columns = table[0]?.length ?? 0;
  if (!table.every((row) => row.length === columns)) throw new RangeError('Every row must have the same number of columns.');
  const outside = table.flat().find((count) => !(Number.isFinite(count) && count >= 0));
  if (outside !== undefined) throw new RangeError(`Every count must be at least 0, not ${outside}.`);
  const rowTotals = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columnTotals = Array.from({ length: columns }, (_, j) => table.reduce((sum, row) => sum + (row[j] as number), 0));
  const total = rowTotals.reduce((sum, count) => sum + count, 0);
  const filled = (totals: readonly number[]) => totals.filter((count) => count > 0).length;
  const degreesOfFreedom = Math.max(0, (filled(rowTotals) - 1) * (filled(columnTotals) - 1));
  if (total === 0 || degreesOfFreedom === 0) return { statistic: 0, degreesOfFreedom: 0, pValue: 1 };
  let statistic = 0;
  table.forEach((row, i) => {
    row.forEach((count, j) => {
      const expected = ((rowTotals[i] as number) / total) * (columnTotals[j] as number);
      if (expected > 0) statistic += (count - expected) ** 2 / expected;
    });
  });
  return { statistic, degreesOfFreedom, pValue: chiSquaredSurvival(statistic, degreesOfFreedom) };
}

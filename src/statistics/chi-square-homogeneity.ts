import { chiSquaredSurvival } from './chi-squared-distribution';

export interface HomogeneityTest {
  readonly statistic: number;
  /** Bins that were compared, less 1; 0 when fewer than two are left, with statistic 0 and p 1. */
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  /** Effect size 0..1: sqrt(statistic / (n + m)). */
  readonly cramersV: number;
}

/** The approximation by the chi-squared distribution needs this many expected observations in every cell (Cochran 1954). */
const minExpected = 5;

/**
 * Do two samples of counts over the same bins come from one distribution? Pearson's chi-square on the 2 x k table, in which both rows have
 * sampling error (a reference is not a known expectation). Bins that are empty on both sides are dropped. From left to right, a bin whose
 * expected count is below 5 on either side is merged with its next neighbour, the last ones with the one before them.
 *
 * @param a counts of one sample. @param b counts of the other, bin by bin.
 * @throws RangeError when the lists differ in length, a count is negative or not finite, or a sample is empty.
 * @example chiSquareHomogeneity([10, 20], [30, 40]).statistic; // 0.79365...
 */
export function chiSquareHomogeneity(a: readonly number[], b: readonly number[]): HomogeneityTest {
  requireCounts(a, b);
  const merged = mergeSparseBins(a, b);
  return pearsonHomogeneity(
    merged.map((bin) => bin.a),
    merged.map((bin) => bin.b),
  );
}

/** The same test on the bins as they are, only without the empty ones: no bin is merged. Throws as `chiSquareHomogeneity`. */
export function pearsonHomogeneity(a: readonly number[], b: readonly number[]): HomogeneityTest {
  requireCounts(a, b);
  const totalA = total(a);
  const totalB = total(b);
  const totalOfBoth = totalA + totalB;
  let statistic = 0;
  let bins = 0;
  a.forEach((countA, bin) => {
    const both = countA + (b[bin] ?? 0);
    if (both === 0) return;
    bins += 1;
    const expectedA = (both * totalA) / totalOfBoth;
    const expectedB = (both * totalB) / totalOfBoth;
    // The two cells of a bin deviate by the same amount.
    statistic += (countA - expectedA) ** 2 * (1 / expectedA + 1 / expectedB);
  });
  if (bins < 2) return { statistic: 0, degreesOfFreedom: 0, pValue: 1, cramersV: 0 };
  const pValue = chiSquaredSurvival(statistic, bins - 1);
  return { statistic, degreesOfFreedom: bins - 1, pValue, cramersV: Math.sqrt(Math.min(1, statistic / totalOfBoth)) };
}

interface Bin {
  a: number;
  b: number;
}

function mergeSparseBins(a: readonly number[], b: readonly number[]): Bin[] {
  const smallerShare = Math.min(total(a), total(b)) / (total(a) + total(b));
  const isSparse = (bin: Bin) => (bin.a + bin.b) * smallerShare < minExpected;
  const merged: Bin[] = [];
  let open: Bin = { a: 0, b: 0 };
  a.forEach((countA, index) => {
    open = { a: open.a + countA, b: open.b + (b[index] ?? 0) };
    if (isSparse(open)) return;
    merged.push(open);
    open = { a: 0, b: 0 };
  });
  const last = merged.pop() ?? { a: 0, b: 0 };
  return [...merged, { a: last.a + open.a, b: last.b + open.b }];
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function requireCounts(a: readonly number[], b: readonly number[]): void {
  if (a.length !== b.length) throw new RangeError('Both samples must have the same bins.');
  if (![...a, ...b].every((count) => Number.isFinite(count) && count >= 0)) throw new RangeError('Every count must be at least 0.');
  if (total(a) === 0 || total(b) === 0) throw new RangeError('Neither sample may be empty.');
}

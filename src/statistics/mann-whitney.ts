import { midRanks } from './mid-ranks';
import { normalSurvival } from './normal-distribution';
import type { Alternative } from './welch-test';

export interface MannWhitneyTest {
  /** Pairs (a, b) in which a is the larger, a tie being half a pair; 0..n m. */
  readonly statistic: number;
  /** statistic / (n m): the probability that a random a exceeds a random b, ties by half. */
  readonly probabilityOfSuperiority: number;
  /** Standard deviation of the statistic when nothing differs, corrected for ties. */
  readonly standardDeviation: number;
  readonly pValue: number;
}

export interface MannWhitneyOptions {
  /** GREATER: a tends to be larger. TWO_SIDED unless given. */
  readonly alternative?: Alternative;
  /** Move the statistic half a pair towards its mean; on by default. */
  readonly continuityCorrection?: boolean;
}

/**
 * Does a tend to be larger than b? Mann-Whitney U with the normal approximation: sigma^2 = n m / 12 (N + 1 - sum(t^3 - t) / (N (N - 1)))
 * over groups of t tied values, z = (U - n m / 2 -+ 1/2) / sigma. For latencies and other values with long tails, where a mean says
 * little; good from about 8 values a side, no exact p is computed. All values equal: p is 1. O(N log N).
 *
 * @throws RangeError when a sample is empty or holds NaN.
 * @example mannWhitneyTest([1, 2, 3], [4, 5, 6]).statistic; // 0
 */
export function mannWhitneyTest(a: readonly number[], b: readonly number[], options: MannWhitneyOptions = {}): MannWhitneyTest {
  const { alternative = 'TWO_SIDED', continuityCorrection = true } = options;
  const [n, m] = [a.length, b.length];
  if (n === 0 || m === 0) throw new RangeError('Neither sample may be empty.');
  const ranks = midRanks([...a, ...b]);
  const rankSum = ranks.subarray(0, n).reduce((sum, rank) => sum + rank, 0);
  const statistic = rankSum - (n * (n + 1)) / 2;
  const standardDeviation = Math.sqrt(Math.max(0, ((n * m) / 12) * (n + m + 1 - tieTerm(ranks))));
  const excess = statistic - (n * m) / 2;
  const half = continuityCorrection ? 0.5 : 0;
  const tailBeyond = (distance: number) => (standardDeviation === 0 ? 1 : normalSurvival((distance - half) / standardDeviation));
  const pValue = {
    TWO_SIDED: Math.min(1, 2 * tailBeyond(Math.abs(excess))),
    GREATER: tailBeyond(excess),
    LESS: tailBeyond(-excess),
  }[alternative];
  return { statistic, probabilityOfSuperiority: statistic / (n * m), standardDeviation, pValue };
}

/** sum(t^3 - t) / (N (N - 1)); a rank that t values share is met t times. */
function tieTerm(ranks: Float64Array): number {
  const sorted = ranks.slice().sort();
  const size = sorted.length;
  let sum = 0;
  let start = 0;
  while (start < size) {
    let end = start;
    while (end < size && sorted[end] === sorted[start]) end += 1;
    const tied = end - start;
    sum += tied * (tied * tied - 1);
    start = end;
  }
  return size < 2 ? 0 : sum / size / (size - 1);
}

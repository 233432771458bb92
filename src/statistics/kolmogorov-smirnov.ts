import { kolmogorovSurvival } from './kolmogorov-distribution';

export interface KolmogorovSmirnovTest {
  /** The largest distance of the two empirical distribution functions, 0..1. */
  readonly statistic: number;
  readonly pValue: number;
}

/** Up to this many pairs (n m) the exact p takes about a millisecond; beyond, the limit is close: within 10% of p at n = m = 300. */
const maxExactPairs = 100_000;

/**
 * Do two samples come from one distribution? Two-sided two-sample Kolmogorov-Smirnov test. The statistic is exact. The p-value is exact
 * given the pattern of ties (Schroeer and Trenkler 1995) up to n m = 100,000, relative error below 1e-10; beyond, it is the Kolmogorov
 * limit at sqrt(n m / (n + m)) D, which is too large (safe) with ties.
 *
 * @throws RangeError when a sample is empty or holds NaN.
 * @example kolmogorovSmirnovTest([1, 2, 3], [4, 5, 6]); // { statistic: 1, pValue: 0.1 }
 */
export function kolmogorovSmirnovTest(a: readonly number[], b: readonly number[]): KolmogorovSmirnovTest {
  if ([a, b].some((sample) => sample.length === 0 || sample.some(Number.isNaN))) {
    throw new RangeError('Each sample must hold at least one number and no NaN.');
  }
  const sortedA = Float64Array.from(a).sort();
  const sortedB = Float64Array.from(b).sort();
  const steps: Step[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const value = Math.min(sortedA[i] ?? Number.POSITIVE_INFINITY, sortedB[j] ?? Number.POSITIVE_INFINITY);
    while (i < a.length && sortedA[i] === value) i += 1;
    while (j < b.length && sortedB[j] === value) j += 1;
    steps.push({ a: i, b: j });
  }
  return testSteps(steps);
}

/**
 * The same test for values that are known by their bin only: all values of a bin are tied. `aCounts[i]` and `bCounts[i]` are whole numbers
 * of observations in bin i, bins in ascending order. The statistic is the largest distance at the edges, never above that of the raw
 * samples.
 *
 * @throws RangeError when the lists differ in length, a count is not a whole number of at least 0, or a sample is empty.
 * @example kolmogorovSmirnovBinned([20, 0], [10, 10]).statistic; // 0.5
 */
export function kolmogorovSmirnovBinned(aCounts: readonly number[], bCounts: readonly number[]): KolmogorovSmirnovTest {
  if (aCounts.length !== bCounts.length) throw new RangeError('Both samples must have the same bins.');
  let a = 0;
  let b = 0;
  const steps = aCounts.map((countA, bin): Step => {
    a += requireCount(countA);
    b += requireCount(bCounts[bin]);
    return { a, b };
  });
  if (a === 0 || b === 0) throw new RangeError('Neither sample may be empty.');
  return testSteps(steps);
}

/** How many observations of each sample are at or below one of the distinct values; the last step holds both sample sizes. */
interface Step {
  readonly a: number;
  readonly b: number;
}

function testSteps(steps: readonly Step[]): KolmogorovSmirnovTest {
  const { a: n, b: m } = steps[steps.length - 1] ?? { a: 0, b: 0 };
  // |i m - j n| stays a whole number, so that comparing it below is exact.
  const scaledStatistic = steps.reduce((highest, step) => Math.max(highest, Math.abs(step.a * m - step.b * n)), 0);
  const statistic = scaledStatistic / (n * m);
  if (n * m > maxExactPairs) return { statistic, pValue: kolmogorovSurvival(Math.sqrt((n * m) / (n + m)) * statistic) };
  return { statistic, pValue: exactPValue(steps, n, m, scaledStatistic) };
}

/**
 * Under the null hypothesis all ways to deal n + m values to the samples are equally likely: monotone lattice paths from (0, 0) to (n, m).
 * `reached[j]` is the share of the paths to (i, j) that have come to a distance of at least the observed one, looked at only where one
 * distinct value ends. The last step to (i, j) came from (i - 1, j) with probability i / (i + j). Nothing is subtracted, so small p stay
 * exact.
 */
function exactPValue(steps: readonly Step[], n: number, m: number, scaledStatistic: number): number {
  if (scaledStatistic === 0) return 1;
  const endsValue = new Uint8Array(n + m + 1);
  for (const step of steps) endsValue[step.a + step.b] = 1;
  const reached = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      const fromA = i === 0 ? 0 : (reached[j] as number) * i;
      const fromB = j === 0 ? 0 : (reached[j - 1] as number) * j;
      const isReached = endsValue[i + j] === 1 && Math.abs(i * m - j * n) >= scaledStatistic;
      reached[j] = isReached ? 1 : (fromA + fromB) / Math.max(1, i + j);
    }
  }
  return Math.min(1, reached[m] as number);
}

function requireCount(count: number | undefined): number {
  if (count === undefined || !Number.isInteger(count) || count < 0) {
    throw new RangeError(`A count must be a whole number of at least 0, not ${count}.`);
  }
  return count;
}

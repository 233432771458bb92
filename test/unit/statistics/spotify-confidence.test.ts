import { pearsonHomogeneity } from '../../../src/statistics/chi-square-homogeneity';
import { cuped } from '../../../src/statistics/cuped';
import { absoluteLift } from '../../../src/statistics/lift';
import { MomentMatrix } from '../../../src/statistics/moment-matrix';
import { type ArmEstimate, meanOfSums } from '../../../src/statistics/ratio-of-sums';
import { sampleRatioMismatch } from '../../../src/statistics/sample-ratio-mismatch';
import { type Alternative, welchDegreesOfFreedom, welchTest } from '../../../src/statistics/welch-test';
import { relativeError } from './reference-numbers';
import { spotify } from './spotify-numbers';

const alternatives = { 'two-sided': 'TWO_SIDED', larger: 'GREATER', smaller: 'LESS' } as const satisfies Record<string, Alternative>;

type PairwiseArm = (typeof spotify.pairwise)[number]['control'];

/** Spotify takes p (1 - p) as the variance of a proportion, without the correction n / (n - 1) that we apply to every metric. */
function armOf({ n, sum, sum_squares: sumOfSquares }: PairwiseArm, isBinary: boolean): ArmEstimate {
  const arm = meanOfSums({ units: n, sum, sumOfSquares }) as ArmEstimate;
  return isBinary ? { ...arm, standardError: arm.standardError * Math.sqrt((n - 1) / n) } : arm;
}

/** The error of an end of an interval, in its own size or that of the difference, whichever is larger: an end can be near 0 by chance. */
function endError(actual: number, expected: number | string, scale: number): number {
  if (actual === Number(expected)) return 0;
  return Math.abs(actual - Number(expected)) / Math.max(Math.abs(Number(expected)), Math.abs(scale));
}

describe("tests of two arms as Spotify's Confidence", () => {
  it.each(spotify.pairwise.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const { expected, method, alternative, alpha, null_hypothesis: nullValue } = row;
    const [control, treatment] = [armOf(row.control, row.binary), armOf(row.treatment, row.binary)];
    const lift = absoluteLift(control, treatment);
    expect(relativeError(lift.standardError, expected.std_err_absolute)).toBeLessThan(1e-11);
    const degreesOfFreedom = method === 't-test' ? welchDegreesOfFreedom(control, treatment) : Infinity;
    const test = welchTest({ lift, degreesOfFreedom, alpha, alternative: alternatives[alternative], nullValue });
    // Their relative difference divides by the control's mean alone.
    const base = row.difference_kind === 'absolute' ? 1 : control.mean;
    expect(endError(lift.estimate / base, expected.difference, lift.standardError / base)).toBeLessThan(1e-11);
    expect(endError(test.lower / base, expected.ci_lower, lift.standardError / base)).toBeLessThan(1e-10);
    expect(endError(test.upper / base, expected.ci_upper, lift.standardError / base)).toBeLessThan(1e-10);
    const failures = ({ n, sum }: PairwiseArm) => [sum, n - sum];
    const pValue = method === 'chi-squared' ? pearsonHomogeneity(failures(row.control), failures(row.treatment)).pValue : test.pValue;
    expect(relativeError(pValue, expected.p_value)).toBeLessThan(1e-9);
  });
});

describe("regression adjustment as Spotify's Confidence", () => {
  const listOf = (value: number | number[]) => (Array.isArray(value) ? value : [value]);
  const tableOf = (value: number | number[][]) => (Array.isArray(value) ? value : [[value]]);

  type Arm = (typeof spotify.regressionAdjustment)[number]['control'];

  /** Positions: 1 the outcome, then its covariates. */
  function momentsOf(arm: Arm): MomentMatrix {
    const [sums, products, crossed] = [listOf(arm.feature_sum), tableOf(arm.feature_sum_squares), listOf(arm.feature_cross_sum)];
    const ofCovariates = sums.map((sum, i) => [sum, crossed[i] as number, ...(products[i] as number[]).slice(0, i + 1)]);
    return MomentMatrix.fromPacked([arm.n, arm.sum, arm.sum_squares, ...ofCovariates.flat()]);
  }

  it.each(spotify.regressionAdjustment.map((row) => [row.id, row] as const))('%s', (_, { control, treatment, expected, ...row }) => {
    const moments = [momentsOf(control), momentsOf(treatment)];
    const covariates = listOf(control.feature_sum).map((_sum, i) => ({ numerator: i + 2, denominator: 0 }));
    const adjustment = cuped(moments, { metric: { numerator: 1, denominator: 0 }, covariates });
    const theta = adjustment?.theta ?? [];
    tableOf(expected.theta as number | number[][])
      .flat()
      .forEach((value, i) => {
        expect(relativeError(theta[i] ?? Number.NaN, value)).toBeLessThan(1e-9);
      });
    // Theirs has the divisor n in what the covariates explain and n - 1 in the outcome itself: two parts that differ by 1 / n.
    const arms = (adjustment?.arms ?? []).map((arm) => {
      const variance = arm.standardError ** 2 * arm.units;
      const plain = arm.unadjusted.standardError ** 2 * arm.units;
      const theirs = plain - ((plain - variance) * (arm.units - 1)) / arm.units;
      return { arm, plain, theirs, estimate: { ...arm, standardError: Math.sqrt(theirs / arm.units) } };
    });
    const [ours, other] = arms as [(typeof arms)[number], (typeof arms)[number]];
    expect(relativeError(ours.plain, expected.original_variance_control)).toBeLessThan(1e-9);
    expect(relativeError(other.plain, expected.original_variance_treatment)).toBeLessThan(1e-9);
    expect(relativeError(ours.theirs, expected.adjusted_variance_control)).toBeLessThan(1e-9);
    expect(relativeError(other.theirs, expected.adjusted_variance_treatment)).toBeLessThan(1e-9);
    expect(relativeError(ours.arm.mean, expected.adjusted_mean_control)).toBeLessThan(1e-9);
    expect(relativeError(other.arm.mean, expected.adjusted_mean_treatment)).toBeLessThan(1e-9);
    const lift = absoluteLift(ours.estimate, other.estimate);
    expect(relativeError(lift.estimate, expected.difference)).toBeLessThan(1e-9);
    expect(relativeError(lift.standardError, expected.std_err_absolute)).toBeLessThan(1e-9);
    const alternative = alternatives[row.alternative];
    const test = welchTest({ lift, degreesOfFreedom: Infinity, alpha: row.alpha, alternative, nullValue: row.null_hypothesis });
    expect(endError(test.lower, expected.ci_lower, lift.standardError)).toBeLessThan(1e-9);
    expect(endError(test.upper, expected.ci_upper, lift.standardError)).toBeLessThan(1e-9);
    expect(relativeError(test.pValue, expected.p_value)).toBeLessThan(1e-9);
    const plainLift = absoluteLift(ours.arm.unadjusted, other.arm.unadjusted);
    const removed = 1 - (lift.standardError / plainLift.standardError) ** 2;
    expect(Math.abs(removed - expected.variance_reduction_rate)).toBeLessThan(1e-9);
  });
});

describe("sample ratio as Spotify's Confidence", () => {
  it.each(spotify.sampleRatio.map((row) => [row.id, row] as const))('%s', (_, { counts, weights, chi2, df, pValue }) => {
    const test = sampleRatioMismatch(counts, weights);
    expect(relativeError(test.statistic, chi2)).toBeLessThan(1e-11);
    expect(test.degreesOfFreedom).toBe(df);
    expect(relativeError(test.pValue, pValue)).toBeLessThan(1e-9);
  });
});

import { type ArmEstimate, meanOfSums, ratioOfSums } from '../../../src/statistics/ratio-of-sums';
import { referenceNumbers } from './reference-numbers';

interface SampleMean {
  readonly n: number;
  readonly sum: number;
  readonly sum_squares: number;
}

export type GrowthBookStatistic =
  | { readonly type: 'proportion'; readonly n: number; readonly sum: number }
  | ({ readonly type: 'sample_mean' } & SampleMean)
  | { readonly type: 'ratio'; readonly n: number; readonly m: SampleMean; readonly d: SampleMean; readonly m_d_sum_of_products: number };

interface GrowthBookNumbers {
  readonly statistics: { id: string; statistic: GrowthBookStatistic; mean: number | null; variance: number }[];
  readonly lifts: {
    id: string;
    kind: 'absolute' | 'relative';
    control: GrowthBookStatistic;
    treatment: GrowthBookStatistic;
    estimate: number;
    standardError: number;
  }[];
  readonly deltaMethod: {
    id: string;
    var_a: number;
    mean_a: number;
    n_a: number;
    var_b: number;
    mean_b: number;
    n_b: number;
    relative: boolean;
    expected: number;
  }[];
  readonly sequential: {
    id: string;
    alpha: number;
    tuningSampleSize: number;
    estimate: number;
    standardError: number;
    sampleSize: number;
    interval: [number, number];
    pValue: number;
  }[];
  readonly halfWidths: { alpha: number; tuningSampleSize: number; halfWidths: { sampleSize: number; halfWidth: number }[] }[];
  readonly risk: { posterior_mean: number; posterior_stddev: number; risk_control: number; risk_treatment: number }[];
  readonly posterior: { id: string; estimate: number; standardError: number; chanceToWin: number; expectedLoss: number }[];
}

export const growthBook = referenceNumbers<GrowthBookNumbers>('growthbook-statistics');

/**
 * One arm of GrowthBook's numbers through our estimators. GrowthBook takes p (1 - p) as the variance of a proportion, without the correction
 * n / (n - 1) that we apply to every metric; the arm is given back without it, so that the two can be compared to the last digits.
 */
export function armOf(statistic: GrowthBookStatistic): ArmEstimate {
  const arm = estimateOf(statistic);
  if (arm === null) throw new Error('This row has no estimate.');
  if (statistic.type !== 'proportion') return arm;
  return { ...arm, standardError: arm.standardError * Math.sqrt((statistic.n - 1) / statistic.n) };
}

function estimateOf(statistic: GrowthBookStatistic): ArmEstimate | null {
  switch (statistic.type) {
    case 'proportion':
      return meanOfSums({ units: statistic.n, sum: statistic.sum, sumOfSquares: statistic.sum });
    case 'sample_mean':
      return meanOfSums({ units: statistic.n, sum: statistic.sum, sumOfSquares: statistic.sum_squares });
    case 'ratio':
      return ratioOfSums({
        units: statistic.n,
        numerator: statistic.m.sum,
        denominator: statistic.d.sum,
        numeratorSquared: statistic.m.sum_squares,
        denominatorSquared: statistic.d.sum_squares,
        product: statistic.m_d_sum_of_products,
      });
  }
}

import { referenceNumbers } from './reference-numbers';

/** Numbers that JSON cannot write are strings: 'Infinity', '-Infinity'. */
export type MaybeInfinite = number | 'Infinity' | '-Infinity';

interface ArmSums {
  readonly n: number;
  readonly sum: number;
  readonly sum_squares: number;
}

interface CovariateArm extends ArmSums {
  readonly feature_sum: number | number[];
  readonly feature_sum_squares: number | number[][];
  readonly feature_cross_sum: number | number[];
}

interface PlannedMetric {
  readonly binary: boolean;
  readonly avg: number | null;
  readonly var: number | null;
  /** Relative to the mean: the effect to see, or the margin that may be lost. One of the two. */
  readonly mde: number | null;
  readonly nim: number | null;
  readonly preference: string | null;
  readonly expected_sample_size?: number;
}

interface PlannedTest {
  readonly null_hypothesis: number;
  readonly preference_used_in_test: 'two-sided' | 'larger' | 'smaller';
  readonly adjusted_power: number;
  readonly adjusted_alpha_power_sample_size: number;
  readonly required_sample_size_for_metric?: MaybeInfinite | null;
  readonly ci_width?: number | null;
  readonly powered_effect?: number | null;
}

interface Plan {
  readonly id: string;
  readonly interval_size: number;
  readonly power: number;
  readonly correction_method: 'bonferroni' | 'spot-1-bonferroni';
  readonly treatment_weights: number[];
  readonly metrics: PlannedMetric[];
  readonly expected: PlannedTest[];
}

export type SampleSizeRow =
  | ({ readonly method: 'sample_size' } & Plan)
  | ({ readonly method: 'powered_effect'; readonly sample_size: MaybeInfinite } & Plan)
  | {
      readonly method: 'optimal_weights_and_sample_size';
      readonly id: string;
      readonly number_of_groups: number;
      readonly expected: { optimal_weights: number[]; optimal_sample_size: number };
    }
  | {
      readonly method: 'SampleSize.continuous' | 'SampleSize.binomial';
      readonly id: string;
      readonly args: {
        average_absolute_mde?: number;
        baseline_variance?: number;
        absolute_percentage_mde?: number;
        baseline_proportion?: number;
        alpha: number;
        power: number;
        treatments: number;
        comparisons: 'control_vs_all' | 'all_vs_all';
      };
      readonly expected: { total: number; per_group: number[]; allocations: number[] };
    };

interface SpotifyNumbers {
  readonly pairwise: {
    id: string;
    method: 'z-test' | 't-test' | 'chi-squared';
    control: ArmSums;
    treatment: ArmSums;
    binary: boolean;
    alpha: number;
    alternative: 'two-sided' | 'larger' | 'smaller';
    null_hypothesis: number;
    difference_kind: 'absolute' | 'relative_to_control_mean';
    expected: {
      difference: number;
      std_err_absolute: number;
      p_value: number;
      ci_lower: MaybeInfinite;
      ci_upper: MaybeInfinite;
    };
  }[];
  readonly regressionAdjustment: {
    id: string;
    control: CovariateArm;
    treatment: CovariateArm;
    alpha: number;
    alternative: 'two-sided' | 'smaller';
    null_hypothesis: number;
    expected: {
      difference: number;
      std_err_absolute: number;
      p_value: number;
      ci_lower: MaybeInfinite;
      ci_upper: MaybeInfinite;
      theta: number | number[][];
      adjusted_mean_control: number;
      adjusted_mean_treatment: number;
      adjusted_variance_control: number;
      adjusted_variance_treatment: number;
      original_variance_control: number;
      original_variance_treatment: number;
      variance_reduction_rate: number;
    };
  }[];
  readonly spotOne: {
    id: string;
    alpha: number;
    rows: {
      p_value: number;
      non_inferiority_margin: number | null;
      expected: { adjusted_alpha: number; adjusted_p_value: number; is_significant: boolean };
    }[];
  }[];
  readonly sampleSize: SampleSizeRow[];
  readonly achievedPower: {
    id: string;
    method: 'ChiSquared' | 'StudentsTTest';
    control: ArmSums;
    treatment: ArmSums;
    mde: number;
    alpha: number;
    power: number;
  }[];
  readonly sampleRatio: { id: string; counts: number[]; weights: number[]; chi2: number; df: number; pValue: number }[];
}

export const spotify = referenceNumbers<SpotifyNumbers>('spotify-confidence');

import { adjustedRelativeLift, type CupedVariables, cuped } from '../../../src/statistics/cuped';
import { absoluteLift, type LiftEstimate, relativeLift } from '../../../src/statistics/lift';
import { MomentMatrix } from '../../../src/statistics/moment-matrix';
import { quantileEstimate } from '../../../src/statistics/quantile-estimate';
import { type ArmEstimate, meanOfSums, ratioOfSums } from '../../../src/statistics/ratio-of-sums';
import { referenceNumbers } from './reference-numbers';

type Sums = { readonly type: 'proportion'; readonly n: number; readonly sum: number } | SampleMean;

interface SampleMean {
  readonly type: 'sample_mean';
  readonly n: number;
  readonly sum: number;
  readonly sum_squares: number;
}

interface Quantile {
  readonly n: number;
  readonly n_star: number;
  readonly nu: number;
  readonly quantile_hat: number;
  readonly quantile_lower: number;
  readonly quantile_upper: number;
}

export type EngineArm =
  | Sums
  | { readonly type: 'ratio'; readonly n: number; readonly m: SampleMean; readonly d: SampleMean; readonly m_d_sum_of_products: number }
  | {
      readonly type: 'regression_adjusted';
      readonly n: number;
      readonly post: Sums;
      readonly pre: Sums;
      readonly post_pre_sum_of_products: number;
    }
  | {
      readonly type: 'regression_adjusted_ratio';
      readonly n: number;
      readonly m_post: SampleMean;
      readonly d_post: SampleMean;
      readonly m_pre: SampleMean;
      readonly d_pre: SampleMean;
      readonly m_post_d_post_sum_of_products: number;
      readonly m_post_m_pre_sum_of_products: number;
      readonly m_post_d_pre_sum_of_products: number;
      readonly m_pre_d_post_sum_of_products: number;
      readonly d_post_d_pre_sum_of_products: number;
      readonly m_pre_d_pre_sum_of_products: number;
      readonly theta?: number;
    }
  | ({ readonly type: 'quantile' } & Quantile)
  | ({
      readonly type: 'quantile_clustered';
      readonly main_sum: number;
      readonly main_sum_squares: number;
      readonly denominator_sum: number;
      readonly denominator_sum_squares: number;
      readonly main_denominator_sum_product: number;
      readonly n_clusters: number;
    } & Quantile);

export type Bound = number | 'Infinity' | '-Infinity';

interface Pair {
  readonly id: string;
  readonly control: number;
  readonly treatment: number;
}

interface EngineNumbers {
  readonly arms: readonly EngineArm[];
  readonly statistics: { id: string; statistic: number; mean: number; variance: number }[];
  readonly theta: (Pair & { expected_theta: number })[];
  readonly effect_moments: (Pair & { difference_type: Difference; expected: { point_estimate: number; standard_error: number } })[];
  readonly frequentist: FrequentistRow[];
  readonly sequential_helpers: {
    alpha: number;
    sequential_tuning_parameter: number;
    rho_two_sided: number;
    rho_one_sided: number;
    halfwidths: { s2: number; n: number; two_sided: number; one_sided: number }[];
  }[];
  readonly bayesian: BayesianRow[];
  readonly risk: { posterior_mean: number; posterior_stddev: number; risk_control: number; risk_treatment: number }[];
  readonly post_stratification: {
    id: string;
    difference_type: Difference;
    strata: { control: number; treatment: number }[];
    expected: { point_estimate: number; standard_error: number; pairwise_sample_size: number; error_message: string | null };
  }[];
  readonly mid_experiment_power: MidExperimentRow[];
  readonly srm: { id: string; users: number[]; weights: number[]; chi_square: number; p_value_correct: number }[];
  readonly power: PowerRow[];
  readonly delta_method: {
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
  readonly multiple_testing: { id: string; p_values: number[]; adjusted: Record<string, number[]> }[];
  readonly adjusted_ci: { id: string; adjusted_p: number; lift: number; alpha: number; expected: [number, number]; decimals: number }[];
  readonly bandit: BanditRow[];
  readonly chance_to_win_from_ci: {
    expected_effect: number;
    alpha: number;
    two_sided_ci: [number, number];
    expected_chance_to_win: number;
  }[];
  readonly health: {
    srm_threshold: number;
    covariate_imbalance_p_threshold: number;
    cases: (
      | { kind: 'srm'; p_value: number; users: number; variations: number; expected: string }
      | { kind: 'multiple_exposures'; multiple: number; users: number; expected: string }
    )[];
  };
}

type Difference = 'relative' | 'absolute';

export interface FrequentistRow extends Pair {
  readonly method: string;
  readonly config: { alpha: number; difference_type: Difference; test_value: number; sequential_tuning_parameter?: number };
  readonly expected: {
    effect: number;
    ci: [Bound, Bound];
    standard_error: number;
    p_value: number;
    p_value_exact_unclipped?: number;
    error_message: string | null;
    dof?: number;
    theta?: number;
  };
}

export interface BayesianRow extends Pair {
  readonly config: {
    alpha: number;
    difference_type: Difference;
    inverse: boolean;
    prior: { mean?: number; variance?: number; proper: boolean };
  };
  readonly expected: {
    effect: number;
    ci: [number, number];
    posterior_stddev: number;
    chance_to_win: number;
    risk_control: number;
    risk_treatment: number;
    error_message: string | null;
  };
}

export interface MidExperimentRow extends Pair {
  readonly engine: 'frequentist' | 'sequential' | 'bayesian';
  readonly config: {
    alpha: number;
    target_power: number;
    target_mde: number;
    num_variations: number;
    num_goal_metrics: number;
    sequential_tuning_parameter: number | null;
    prior: { mean: number; variance: number } | null;
  };
  readonly expected: {
    sigmahat2_delta: number;
    pairwise_sample_size: number;
    adjusted_power_target: number;
    power_now: number;
    scaling_factor: number;
    power_at_scaling_factor: number;
  };
}

export interface PowerRow {
  readonly id: string;
  readonly metric: {
    type: 'mean' | 'binomial';
    mean?: number;
    sd2?: number;
    rate?: number;
    effect: number;
    prior?: { mean: number; sd2: number; proper: boolean };
  };
  readonly total_users?: number;
  readonly num_variations?: number;
  readonly users_per_variation?: number;
  readonly alpha: number;
  readonly engine: 'frequentist' | 'sequential' | 'bayesian';
  readonly difference_type?: Difference;
  readonly target_power?: number;
  readonly sequential_tuning_parameter?: number;
  readonly expected_power?: number;
  readonly expected_mde?: number;
  readonly mde_tolerance?: number;
}

export interface BanditRow {
  readonly id: string;
  readonly posterior_mean?: number[];
  readonly posterior_stddev?: number[];
  readonly lower_is_better?: boolean;
  readonly p_best?: number[];
  readonly p_second_best?: number[];
  readonly top_two_weights?: number[];
  readonly weights_additive_floor_0_01?: number[];
  readonly weights_additive_floor_0_1?: number[];
  readonly weights_floor_too_large_0_5?: number[];
  readonly arms?: { n: number; sum: number; sum_squares: number }[];
  readonly prior?: { mean: number; variance: number };
  readonly current_weights?: number[];
  readonly expected_weights?: number[];
  readonly rows?: { arm: number; period: number; n: number; sum: number; sum_squares: number }[];
  readonly expected?: { arm: number; weighted_mean: number; variance_of_weighted_mean: number; naive_pooled_mean: number }[];
}

export const engine = referenceNumbers<EngineNumbers>('growthbook-engine');

export function armAt(index: number): EngineArm {
  const arm = engine.arms[index];
  if (arm === undefined) throw new Error(`There is no arm ${index}.`);
  return arm;
}

const squaresOf = (sums: Sums) => (sums.type === 'proportion' ? sums.sum : sums.sum_squares);

/** The arm's moments; positions as `variablesOf` says. */
export function momentsOf(arm: EngineArm): MomentMatrix {
  switch (arm.type) {
    case 'proportion':
    case 'sample_mean':
      return MomentMatrix.fromPacked([arm.n, arm.sum, squaresOf(arm)]);
    case 'ratio':
      return MomentMatrix.fromPacked([arm.n, arm.m.sum, arm.m.sum_squares, arm.d.sum, arm.m_d_sum_of_products, arm.d.sum_squares]);
    case 'regression_adjusted':
      return MomentMatrix.fromPacked([
        ...[arm.n, arm.post.sum, squaresOf(arm.post)],
        ...[arm.pre.sum, arm.post_pre_sum_of_products, squaresOf(arm.pre)],
      ]);
    case 'regression_adjusted_ratio':
      return MomentMatrix.fromPacked([
        ...[arm.n, arm.m_post.sum, arm.m_post.sum_squares],
        ...[arm.d_post.sum, arm.m_post_d_post_sum_of_products, arm.d_post.sum_squares],
        ...[arm.m_pre.sum, arm.m_post_m_pre_sum_of_products, arm.m_pre_d_post_sum_of_products, arm.m_pre.sum_squares],
        ...[arm.d_pre.sum, arm.m_post_d_pre_sum_of_products, arm.d_post_d_pre_sum_of_products],
        ...[arm.m_pre_d_pre_sum_of_products, arm.d_pre.sum_squares],
      ]);
    default:
      throw new Error(`${arm.type} has no moments.`);
  }
}

export function variablesOf(arm: EngineArm): CupedVariables {
  switch (arm.type) {
    case 'ratio':
      return { metric: { numerator: 1, denominator: 2 }, covariates: [] };
    case 'regression_adjusted':
      return { metric: { numerator: 1, denominator: 0 }, covariates: [{ numerator: 2, denominator: 0 }] };
    case 'regression_adjusted_ratio':
      return { metric: { numerator: 1, denominator: 2 }, covariates: [{ numerator: 3, denominator: 4 }] };
    default:
      return { metric: { numerator: 1, denominator: 0 }, covariates: [] };
  }
}

/**
 * GrowthBook takes p (1 - p), and for two proportions also their covariance, with the divisor n; ours is n - 1 for every metric. What is
 * compared is given back with theirs.
 */
const theirDivisor = (arm: EngineArm) => {
  const isProportion = arm.type === 'proportion' || (arm.type === 'regression_adjusted' && arm.post.type === 'proportion');
  return isProportion ? (arm.n - 1) / arm.n : 1;
};

/** The arm's estimate without adjustment. */
export function estimateOf(arm: EngineArm): ArmEstimate | null {
  const estimate = ourEstimateOf(arm);
  return estimate === null ? null : { ...estimate, standardError: estimate.standardError * Math.sqrt(theirDivisor(arm)) };
}

function ourEstimateOf(arm: EngineArm): ArmEstimate | null {
  switch (arm.type) {
    case 'proportion':
    case 'sample_mean':
      return meanOfSums({ units: arm.n, sum: arm.sum, sumOfSquares: squaresOf(arm) });
    case 'regression_adjusted':
      return meanOfSums({ units: arm.n, sum: arm.post.sum, sumOfSquares: squaresOf(arm.post) });
    case 'ratio':
      return ratioOf(arm.n, arm.m, arm.d, arm.m_d_sum_of_products);
    case 'regression_adjusted_ratio':
      return ratioOf(arm.n, arm.m_post, arm.d_post, arm.m_post_d_post_sum_of_products);
    case 'quantile':
      return quantileEstimate(quantileSampleOf(arm));
    case 'quantile_clustered': {
      const clusters = {
        units: arm.n_clusters,
        numerator: arm.main_sum,
        numeratorSquared: arm.main_sum_squares,
        denominator: arm.denominator_sum,
        denominatorSquared: arm.denominator_sum_squares,
        product: arm.main_denominator_sum_product,
      };
      return quantileEstimate({ ...quantileSampleOf(arm), clusters });
    }
  }
}

function ratioOf(units: number, m: SampleMean, d: SampleMean, product: number): ArmEstimate | null {
  return ratioOfSums({
    units,
    numerator: m.sum,
    denominator: d.sum,
    numeratorSquared: m.sum_squares,
    denominatorSquared: d.sum_squares,
    product,
  });
}

function quantileSampleOf(arm: Quantile) {
  return {
    quantile: arm.nu,
    units: arm.n,
    boundSampleSize: arm.n_star,
    value: arm.quantile_hat,
    lowerValue: arm.quantile_lower,
    upperValue: arm.quantile_upper,
  };
}

export interface ComparedArms {
  readonly control: ArmEstimate;
  readonly treatment: ArmEstimate;
  readonly lift: LiftEstimate;
  /** The control's mean before any adjustment. */
  readonly base: number;
  readonly theta: number | undefined;
}

/** Both arms, adjusted if they bring covariates, and their lift. Null where our estimators say that there is none. */
export function compare({ control, treatment }: Omit<Pair, 'id'>, difference: Difference): ComparedArms | null {
  const pair = [armAt(control), armAt(treatment)] as const;
  const variables = variablesOf(pair[0]);
  if (variables.covariates.length === 0) return compareUnadjusted(pair, difference);
  const adjustment = cuped(pair.map(momentsOf), variables);
  if (adjustment === null) return null;
  const [a, b] = adjustment.arms.map((arm, i) => {
    const factor = theirDivisor(pair[i] as EngineArm);
    const unadjusted = { ...arm.unadjusted, standardError: arm.unadjusted.standardError * Math.sqrt(factor) };
    return { ...arm, unadjusted, standardError: arm.standardError * Math.sqrt(factor), covariance: arm.covariance * factor };
  });
  if (a === undefined || b === undefined) return null;
  const lift = difference === 'absolute' ? absoluteLift(a, b) : adjustedRelativeLift(a, b, variables.metric);
  return lift === null ? null : { control: a, treatment: b, lift, base: a.unadjusted.mean, theta: adjustment.theta[0] };
}

function compareUnadjusted(pair: readonly [EngineArm, EngineArm], difference: Difference): ComparedArms | null {
  const [control, treatment] = [estimateOf(pair[0]), estimateOf(pair[1])];
  if (control === null || treatment === null) return null;
  const lift = difference === 'absolute' ? absoluteLift(control, treatment) : relativeLift(control, treatment);
  return lift === null ? null : { control, treatment, lift, base: control.mean, theta: undefined };
}

export const bound = (value: Bound): number => Number(value);

/** |actual - expected| beyond an absolute slack, as a share of |expected|: what the vectors call rel + abs tolerance. */
export function excessError(actual: number, expected: number, absolute: number): number {
  if (actual === expected) return 0;
  const distance = Math.max(0, Math.abs(actual - expected) - absolute);
  return distance === 0 ? 0 : distance / Math.abs(expected);
}

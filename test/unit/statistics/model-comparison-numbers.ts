import { referenceNumbers } from './reference-numbers';

interface Paired<Expected> {
  readonly control: number[];
  readonly treatment: number[];
  readonly expected: Expected;
}

interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

interface CellSums {
  readonly n: number;
  readonly sum: number;
  readonly sum_squares: number;
}

interface ModelComparisonNumbers {
  readonly mcnemar_paired_accuracy: {
    both_correct: number;
    only_control_correct: number;
    only_treatment_correct: number;
    neither: number;
    expected: {
      exact_p: number;
      mid_p: number | null;
      chi2: number;
      chi2_p: number;
      chi2_continuity: number;
      chi2_continuity_p: number;
      accuracy_difference: number;
      wald_se: number;
      wald_ci95: [number, number];
    };
  }[];
  readonly paired_t: Paired<{
    mean_difference: number;
    se: number;
    t: number;
    dof: number;
    p: number;
    ci95: [number, number];
    unpaired_welch_p: number;
    variance_ratio_paired_over_unpaired: number;
  }>[];
  readonly delong_auc_paired: {
    labels: number[];
    scores_control: number[];
    scores_treatment: number[];
    expected: {
      auc_control: number;
      auc_treatment: number;
      var_auc_control: number;
      var_auc_treatment: number;
      cov: number;
      difference: number;
      se: number;
      z: number;
      p: number;
    };
  }[];
  readonly classifier_metrics: {
    labels: number[];
    probabilities: number[];
    threshold: number;
    expected: Counts & {
      precision: number;
      recall: number;
      f1: number;
      mcc: number;
      log_loss: number;
      log_loss_se: number;
      brier: number;
      brier_se: number;
      ece_10_equal_width: number;
    };
  }[];
  readonly f1_delta_method: (Counts & {
    expected: {
      precision: number;
      precision_wilson95: [number, number];
      recall: number;
      recall_wilson95: [number, number];
      f1: number;
      f1_delta_se: number;
    };
  })[];
  readonly margins: {
    difference: number;
    se: number;
    dof: number;
    margin: number;
    expected: {
      non_inferiority_p: number;
      tost_lower_p: number;
      tost_upper_p: number;
      tost_p: number;
      superiority_p_one_sided: number;
      tost_ci90: [number, number];
    };
  }[];
  readonly off_policy_evaluation: {
    rows: {
      logging_propensities: number[];
      action: number;
      reward: number;
      target_propensities: number[];
      reward_model: number[];
    }[];
    expected: {
      ips: number;
      ips_se: number;
      snips: number;
      snips_se_delta: number;
      clipped_ips_at_5: number;
      direct_method: number;
      doubly_robust: number;
      doubly_robust_se: number;
      effective_sample_size: number;
      max_weight: number;
    };
  }[];
  readonly interaction_2x2: {
    cells: { a0b0: CellSums; a1b0: CellSums; a0b1: CellSums; a1b1: CellSums };
    expected: { interaction: number; se: number; z: number; p: number };
  }[];
  readonly assignment_independence: { table: number[][]; expected: { chi2: number; dof: number; p: number } }[];
  readonly cluster_ratio_delta: {
    clusters: { arm: 'control' | 'treatment'; n: number; sum: number }[];
    expected: {
      mean_control: number;
      mean_treatment: number;
      var_control: number;
      var_treatment: number;
      difference: number;
      se: number;
      dof: number;
      p: number;
    };
  }[];
}

/** Reference numbers for the comparison of models, a section for each kind of test. */
export const modelComparison = referenceNumbers<ModelComparisonNumbers>('model-comparison');

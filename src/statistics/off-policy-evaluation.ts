import type { OffPolicySums } from './off-policy-sums';
import { type ArmEstimate, meanOfSums } from './ratio-of-sums';

export interface OffPolicyEvaluation {
  /** Inverse propensity score: unbiased, with a large error when a weight is large. */
  readonly ips: ArmEstimate;
  /** Divided by the sum of the weights: nearly unbiased, much steadier. Null when every weight is 0. */
  readonly selfNormalised: ArmEstimate | null;
  /** Weights cut at the maximum given to `offPolicySums`: steadier still, biased towards 0 when any was cut. */
  readonly clipped: ArmEstimate;
  /** The reward model alone: as good as the model. */
  readonly directMethod: number;
  /** The model corrected by what it got wrong: unbiased, steadier than IPS the better the model. */
  readonly doublyRobust: ArmEstimate;
  /** (sum w)^2 / sum w^2: how many decisions under the evaluated policy itself these are worth. Below a tenth of them, do not decide. */
  readonly effectiveSampleSize: number;
  readonly largestWeight: number;
}

/**
 * What would another policy (a new version, other weights) have earned on the traffic that was served? From logged propensities, before it
 * gets any traffic; the same numbers correct the data of a bandit. IPS = mean(w r), SNIPS = sum(w r) / sum(w) with SE^2 = sum(w^2 (r -
 * SNIPS)^2) / (sum w)^2, DR = mean(sum_a(target_a q_a) + w (r - q_action)); the standard errors of means have divisor n - 1. Sources:
 * Horvitz and Thompson (1952), Swaminathan and Joachims (2015), Dudik, Langford, Li (2011). Decisions must be independent.
 *
 * The mean of the weights should be 1; when it is not, within its own error, the logged propensities are wrong and so is all of this.
 *
 * Error bound: that of `meanOfSums` for each; what comes out below 0 in a variance is rounding and becomes 0.
 *
 * @returns null with fewer than two decisions.
 * @throws RangeError when a sum is not finite.
 */
export function offPolicyEvaluation(sums: OffPolicySums): OffPolicyEvaluation | null {
  const mean = (sum: number, sumOfSquares: number) => meanOfSums({ units: sums.decisions, sum, sumOfSquares });
  const ips = mean(sums.weightedReward, sums.weightedRewardSquared);
  const clipped = mean(sums.clippedReward, sums.clippedRewardSquared);
  const doublyRobust = mean(sums.robustReward, sums.robustRewardSquared);
  if (ips === null || clipped === null || doublyRobust === null) return null;
  return {
    ips,
    selfNormalised: selfNormalised(sums),
    clipped,
    directMethod: sums.modelledReward / sums.decisions,
    doublyRobust,
    effectiveSampleSize: sums.weightSquared === 0 ? 0 : (sums.weight / sums.weightSquared) * sums.weight,
    largestWeight: sums.largestWeight,
  };
}

function selfNormalised(sums: OffPolicySums): ArmEstimate | null {
  if (sums.weight === 0) return null;
  const mean = sums.weightedReward / sums.weight;
  const squares = sums.weightedRewardSquared - mean * (2 * sums.squaredWeightReward - mean * sums.weightSquared);
  return { mean, standardError: Math.sqrt(Math.max(0, squares)) / sums.weight, units: sums.decisions };
}

/** One logged decision: what was done, how likely that was, what came of it, and what the policy under evaluation would have done. */
export interface LoggedDecision {
  /** 0-based action (variant) that was taken. */
  readonly action: number;
  /** Probability with which the logging policy took it, as logged with the decision; above 0. */
  readonly loggingPropensity: number;
  /** In the reward's own unit. */
  readonly reward: number;
  /** By action, the probability with which the evaluated policy would take it; they sum to 1. */
  readonly targetPropensities: readonly number[];
  /** By action, a reward predicted from anything but this decision's own reward. Without it the doubly robust estimate is IPS. */
  readonly rewardModel?: readonly number[];
}

/** Sums over decisions, w being target / logging probability of the action taken and r its reward. Two merge by `mergeOffPolicySums`. */
export interface OffPolicySums {
  readonly decisions: number;
  readonly weight: number;
  readonly weightSquared: number;
  /** Sum of w r. */
  readonly weightedReward: number;
  /** Sum of (w r)^2. */
  readonly weightedRewardSquared: number;
  /** Sum of w^2 r. */
  readonly squaredWeightReward: number;
  /** Sums of min(w, maxWeight) r and of its square. */
  readonly clippedReward: number;
  readonly clippedRewardSquared: number;
  /** Sums of the reward that the model expects under the target policy, and of the doubly robust score and its square. */
  readonly modelledReward: number;
  readonly robustReward: number;
  readonly robustRewardSquared: number;
  readonly largestWeight: number;
}

export const noDecisions: OffPolicySums = Object.freeze({
  decisions: 0,
  weight: 0,
  weightSquared: 0,
  weightedReward: 0,
  weightedRewardSquared: 0,
  squaredWeightReward: 0,
  clippedReward: 0,
  clippedRewardSquared: 0,
  modelledReward: 0,
  robustReward: 0,
  robustRewardSquared: 0,
  largestWeight: 0,
});

/** Probabilities that were written down with six digits still sum to 1. */
const sumTolerance = 1e-5;

/** Where the clipped estimate stops a weight, unless told otherwise. */
export const defaultMaxWeight = 10;

/**
 * The sums of one decision. The doubly robust score is sum_a(target_a q_a) + w (r - q_action), q the reward model.
 *
 * @throws RangeError when a probability is outside 0..1, those of the target do not sum to 1, the action is not one of them, the logging
 * propensity is 0, the model has another number of actions, the reward or the model is not finite, or maxWeight is not above 0.
 * @example offPolicySums({ action: 0, loggingPropensity: 0.5, reward: 1, targetPropensities: [1, 0] }).weight; // 2
 */
export function offPolicySums(decision: LoggedDecision, maxWeight: number = defaultMaxWeight): OffPolicySums {
  requireDecision(decision, maxWeight);
  const { action, reward, loggingPropensity, targetPropensities, rewardModel } = decision;
  const weight = (targetPropensities[action] as number) / loggingPropensity;
  const clipped = Math.min(weight, maxWeight) * reward;
  const expected = targetPropensities.reduce((sum, target, a) => sum + target * (rewardModel?.[a] ?? 0), 0);
  const robust = expected + weight * (reward - (rewardModel?.[action] ?? 0));
  return {
    decisions: 1,
    weight,
    weightSquared: weight ** 2,
    weightedReward: weight * reward,
    weightedRewardSquared: (weight * reward) ** 2,
    squaredWeightReward: weight ** 2 * reward,
    clippedReward: clipped,
    clippedRewardSquared: clipped ** 2,
    modelledReward: expected,
    robustReward: robust,
    robustRewardSquared: robust ** 2,
    largestWeight: weight,
  };
}

/** The sums of both sets of decisions together; they must have been made with one maxWeight. */
export function mergeOffPolicySums(a: OffPolicySums, b: OffPolicySums): OffPolicySums {
  return {
    decisions: a.decisions + b.decisions,
    weight: a.weight + b.weight,
    weightSquared: a.weightSquared + b.weightSquared,
    weightedReward: a.weightedReward + b.weightedReward,
    weightedRewardSquared: a.weightedRewardSquared + b.weightedRewardSquared,
    squaredWeightReward: a.squaredWeightReward + b.squaredWeightReward,
    clippedReward: a.clippedReward + b.clippedReward,
    clippedRewardSquared: a.clippedRewardSquared + b.clippedRewardSquared,
    modelledReward: a.modelledReward + b.modelledReward,
    robustReward: a.robustReward + b.robustReward,
    robustRewardSquared: a.robustRewardSquared + b.robustRewardSquared,
    largestWeight: Math.max(a.largestWeight, b.largestWeight),
  };
}

function requireDecision(decision: LoggedDecision, maxWeight: number): void {
  const { action, loggingPropensity, reward, targetPropensities, rewardModel } = decision;
  const isProbability = (value: number) => value >= 0 && value <= 1;
  const sum = targetPropensities.reduce((total, probability) => total + probability, 0);
  if (!targetPropensities.every(isProbability) || Math.abs(sum - 1) > sumTolerance) {
    throw new RangeError('The propensities of the target must lie between 0 and 1 and sum to 1.');
  }
  if (targetPropensities[action] === undefined) throw new RangeError(`The action must be one of the target's, not ${action}.`);
  if (!(isProbability(loggingPropensity) && loggingPropensity > 0)) {
    throw new RangeError(`The logging propensity must be above 0 and at most 1, not ${loggingPropensity}.`);
  }
  if (rewardModel !== undefined && rewardModel.length !== targetPropensities.length) {
    throw new RangeError('The reward model must have one number for each action.');
  }
  if (![reward, ...(rewardModel ?? [])].every(Number.isFinite)) throw new RangeError('The reward and its model must be finite numbers.');
  if (!(maxWeight > 0)) throw new RangeError(`The largest weight must be above 0, not ${maxWeight}.`);
}

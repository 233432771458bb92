import fc from 'fast-check';
import { offPolicyEvaluation } from '../../../src/statistics/off-policy-evaluation';
import { type LoggedDecision, mergeOffPolicySums, noDecisions, offPolicySums } from '../../../src/statistics/off-policy-sums';
import { modelComparison } from './model-comparison-numbers';
import { minstd, relativeError } from './reference-numbers';

const sumsOf = (decisions: readonly LoggedDecision[], maxWeight?: number) =>
  decisions.reduce((sums, decision) => mergeOffPolicySums(sums, offPolicySums(decision, maxWeight)), noDecisions);
const evaluate = (decisions: readonly LoggedDecision[], maxWeight?: number) => offPolicyEvaluation(sumsOf(decisions, maxWeight));

const share = fc.integer({ min: 1, max: 9 }).map((tenths) => tenths / 10);
const decision = fc
  .record({ action: fc.nat(1), reward: fc.integer({ min: -5, max: 5 }), loggingPropensity: share, target: share })
  .map(({ target, ...rest }) => ({ ...rest, targetPropensities: [target, 1 - target] }));
const decisions = fc.array(decision, { minLength: 2, maxLength: 40 });

describe('offPolicyEvaluation', () => {
  it.each(modelComparison.off_policy_evaluation)('of $rows.length decisions', ({ rows, expected }) => {
    const logged = rows.map((row) => ({
      action: row.action,
      reward: row.reward,
      loggingPropensity: row.logging_propensities[row.action] as number,
      targetPropensities: row.target_propensities,
      rewardModel: row.reward_model,
    }));
    const result = evaluate(logged, 5);
    if (result === null) throw new Error('There are enough decisions.');
    const pairs: [number | undefined, number][] = [
      [result.ips.mean, expected.ips],
      [result.ips.standardError, expected.ips_se],
      [result.selfNormalised?.mean, expected.snips],
      [result.selfNormalised?.standardError, expected.snips_se_delta],
      [result.clipped.mean, expected.clipped_ips_at_5],
      [result.directMethod, expected.direct_method],
      [result.doublyRobust.mean, expected.doubly_robust],
      [result.doublyRobust.standardError, expected.doubly_robust_se],
      [result.effectiveSampleSize, expected.effective_sample_size],
      [result.largestWeight, expected.max_weight],
    ];
    for (const [actual, value] of pairs) expect(relativeError(actual ?? Number.NaN, value)).toBeLessThan(1e-11);
  });

  it('of the policy that was logged is the plain mean of the rewards', () => {
    fc.assert(
      fc.property(decisions, (list) => {
        const result = evaluate(list.map((one) => ({ ...one, loggingPropensity: one.targetPropensities[one.action] as number })));
        const mean = list.reduce((sum, { reward }) => sum + reward, 0) / list.length;
        for (const estimate of [result?.ips, result?.selfNormalised, result?.clipped, result?.doublyRobust]) {
          expect(estimate?.mean).toBeCloseTo(mean, 12);
        }
        expect(result?.effectiveSampleSize).toBeCloseTo(list.length, 9);
      }),
    );
  });

  it('is unbiased for another policy: its mean over the logging policy is what that policy earns', () => {
    const [logging, target] = [
      [0.8, 0.2],
      [0.3, 0.7],
    ];
    const rewards = [0.4, 0.9];
    const random = minstd(31);
    const log = Array.from({ length: 4_000 }, (): LoggedDecision => {
      const action = random() < (logging[0] as number) ? 0 : 1;
      const reward = Number(random() < (rewards[action] as number));
      return { action, reward, loggingPropensity: logging[action] as number, targetPropensities: target, rewardModel: [0.5, 0.5] };
    });
    const truth = 0.3 * 0.4 + 0.7 * 0.9;
    const result = evaluate(log);
    for (const estimate of [result?.ips, result?.selfNormalised, result?.doublyRobust]) {
      expect(Math.abs((estimate?.mean ?? 0) - truth)).toBeLessThan(4 * (estimate?.standardError ?? 0));
      expect(estimate?.standardError).toBeLessThan(0.03);
    }
  });

  it('with a perfect model of fixed rewards leaves the doubly robust estimate no weight to err by', () => {
    const log = [0, 1, 0, 0, 1].map((action): LoggedDecision => {
      const propensities = { loggingPropensity: action === 0 ? 0.9 : 0.1, targetPropensities: [0.5, 0.5] };
      return { action, reward: action === 0 ? 1 : 3, rewardModel: [1, 3], ...propensities };
    });
    expect(evaluate(log)?.doublyRobust).toMatchObject({ mean: 2, standardError: 0 });
  });

  it('cuts weights at the maximum', () => {
    const one = { action: 1, reward: 1, loggingPropensity: 0.02, targetPropensities: [0, 1] };
    expect(evaluate([one, one], 5)?.clipped.mean).toBe(5);
    expect(evaluate([one, one], 5)?.ips.mean).toBeCloseTo(50, 12);
  });

  it('does not depend on how the sums were merged', () => {
    fc.assert(
      fc.property(decisions, fc.nat(40), (list, cut) => {
        const merged = mergeOffPolicySums(sumsOf(list.slice(cut)), sumsOf(list.slice(0, cut)));
        expect(offPolicyEvaluation(merged)?.ips.mean).toBeCloseTo(evaluate(list)?.ips.mean ?? Number.NaN, 10);
        expect(merged.largestWeight).toBe(sumsOf(list).largestWeight);
      }),
    );
  });

  it('says nothing about fewer than two decisions, nor by weights that are all 0', () => {
    const one = { action: 0, reward: 1, loggingPropensity: 0.5, targetPropensities: [0, 1] };
    expect(evaluate([one])).toBeNull();
    expect(evaluate([one, one])).toMatchObject({ selfNormalised: null, effectiveSampleSize: 0 });
  });

  it.each([
    { action: 2 },
    { action: 0.5 },
    { loggingPropensity: 0 },
    { loggingPropensity: 1.5 },
    { targetPropensities: [0.5, 0.6] },
    { targetPropensities: [-0.5, 1.5] },
    { reward: Number.NaN },
    { rewardModel: [1, Infinity] },
    { rewardModel: [1] },
  ])('refuses %j', (change) => {
    const one = { action: 0, reward: 1, loggingPropensity: 0.5, targetPropensities: [0, 1] };
    expect(() => offPolicySums({ ...one, ...change })).toThrow(RangeError);
    expect(() => offPolicySums(one, 0)).toThrow(RangeError);
  });
});

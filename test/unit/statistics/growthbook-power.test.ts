import { type ArmPlan, effectAtDistance, plannedStandardError } from '../../../src/statistics/arm-plan';
import { sequentialCriticalValue } from '../../../src/statistics/asymptotic-confidence-sequence';
import { minimumDetectableEffect } from '../../../src/statistics/minimum-detectable-effect';
import { normalQuantile } from '../../../src/statistics/normal-distribution';
import { absolutePrior } from '../../../src/statistics/posterior';
import { type PlannedTest, powerOf } from '../../../src/statistics/power';
import { remainingUnits } from '../../../src/statistics/remaining-units';
import { compare, engine, excessError, type MidExperimentRow, type PowerRow } from './growthbook-engine';

const isClose = (actual: number, expected: number, relative = 1e-9) => expect(excessError(actual, expected, 1e-12)).toBeLessThan(relative);

const fixedHorizon: PlannedTest = { kind: 'FIXED_HORIZON' };

function planOf({ metric, total_users = Number.NaN, num_variations = Number.NaN, users_per_variation }: PowerRow): ArmPlan {
  const unitsPerArm = users_per_variation ?? total_users / num_variations;
  if (metric.type === 'mean') return { mean: metric.mean as number, variance: metric.sd2 as number, unitsPerArm };
  const rate = metric.rate as number;
  return { mean: rate, variance: rate * (1 - rate), unitsPerArm };
}

const priorOf = ({ metric }: PowerRow) => ({
  mean: metric.prior?.mean ?? 0,
  standardDeviation: Math.sqrt(metric.prior?.sd2 ?? Number.NaN),
});

const rowsOf = (kind: PowerRow['engine'], scale = 'relative') =>
  engine.power.filter((row) => row.engine === kind && (row.difference_type ?? 'relative') === scale).map((row) => [row.id, row] as const);

describe("GrowthBook's power and minimum detectable effects", () => {
  it.each(rowsOf('frequentist'))('%s', (_, row) => {
    const plan = planOf(row);
    const { alpha, metric, target_power: power = 0.8 } = row;
    const standardError = plannedStandardError(plan, metric.effect);
    const actual = powerOf({ effect: metric.effect, standardError, sampleSize: 2 * plan.unitsPerArm, alpha, test: fixedHorizon });
    if (row.expected_power !== undefined) isClose(actual, row.expected_power);
    if (row.expected_mde !== undefined) isClose(minimumDetectableEffect(plan, { alpha, power, test: fixedHorizon }) ?? 0, row.expected_mde);
  });

  /**
   * Upstream multiplies the standard error by c / z instead of putting the boundary c in the place of z. Its numbers come out of our parts when
   * they are put together that way; ours are lower below one half and higher above, and are those of its own mid-experiment power (below).
   */
  it.each(rowsOf('sequential'))('%s, with the standard error inflated as upstream does', (_, row) => {
    const plan = planOf(row);
    const { alpha, metric, target_power: power = 0.8, sequential_tuning_parameter: tuningSampleSize = 5000 } = row;
    const sampleSize = 2 * plan.unitsPerArm;
    const z = -normalQuantile(alpha / 2);
    const inflation = sequentialCriticalValue({ sampleSize, alpha, tuningSampleSize }) / z;
    const standardError = plannedStandardError(plan, metric.effect);
    const input = { effect: metric.effect, sampleSize, alpha };
    const inflated = powerOf({ ...input, standardError: standardError * inflation, test: fixedHorizon });
    if (row.expected_power !== undefined) {
      isClose(inflated, row.expected_power);
      const ours = powerOf({ ...input, standardError, test: { kind: 'ALWAYS_VALID', tuningSampleSize } });
      expect(Math.sign(ours - inflated)).toBe(Math.sign(inflated - 0.5));
    }
    if (row.expected_mde !== undefined) {
      isClose(effectAtDistance(plan, inflation * (z + normalQuantile(power))) ?? 0, row.expected_mde);
      const ours = minimumDetectableEffect(plan, { alpha, power, test: { kind: 'ALWAYS_VALID', tuningSampleSize } });
      expect(ours).toBeLessThan(row.expected_mde);
    }
  });

  it.each(rowsOf('bayesian'))('%s', (_, row) => {
    const plan = planOf(row);
    const { alpha, metric, target_power: power = 0.8 } = row;
    const test: PlannedTest = { kind: 'BAYESIAN', prior: priorOf(row) };
    const standardError = plannedStandardError(plan, metric.effect);
    isClose(powerOf({ effect: metric.effect, standardError, sampleSize: 0, alpha, test }), row.expected_power as number);
    isClose(minimumDetectableEffect(plan, { alpha, power, test }) ?? 0, row.expected_mde as number);
  });

  it.each(rowsOf('bayesian', 'absolute'))('%s', (_, row) => {
    const { mean, variance, unitsPerArm } = planOf(row);
    const test: PlannedTest = { kind: 'BAYESIAN', prior: absolutePrior(priorOf(row), mean) };
    const standardError = Math.sqrt((2 * variance) / unitsPerArm);
    const powerAt = (effect: number) => powerOf({ effect: effect * mean, standardError, sampleSize: 0, alpha: row.alpha, test });
    isClose(powerAt(row.metric.effect), row.expected_power as number);
    expect(powerAt(row.expected_mde as number)).toBeCloseTo(0.8, 9);
  });

  it('covers every row', () => {
    const kinds = [rowsOf('frequentist'), rowsOf('sequential'), rowsOf('bayesian'), rowsOf('bayesian', 'absolute')];
    expect(kinds.flat()).toHaveLength(engine.power.length);
  });
});

function testOf({ engine: kind, config }: MidExperimentRow): PlannedTest {
  if (kind === 'sequential') return { kind: 'ALWAYS_VALID', tuningSampleSize: config.sequential_tuning_parameter ?? 5000 };
  if (kind === 'frequentist' || config.prior === null) return fixedHorizon;
  return { kind: 'BAYESIAN', prior: { mean: config.prior.mean, standardDeviation: Math.sqrt(config.prior.variance) } };
}

describe("GrowthBook's mid-experiment power", () => {
  it.each(engine.mid_experiment_power.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const { config, expected } = row;
    const compared = compare(row, 'relative');
    if (compared === null) throw new Error('There must be an estimate.');
    const { lift, control, treatment } = compared;
    isClose(lift.standardError ** 2, expected.sigmahat2_delta);
    const experiment = {
      standardError: lift.standardError,
      units: control.units + treatment.units,
      effect: config.target_mde,
      alpha: config.alpha,
      power: config.target_power,
      test: testOf(row),
      arms: config.num_variations,
      goals: config.num_goal_metrics,
    };
    const { powerNow, powerPerGoal, growth, additionalUnits } = remainingUnits(experiment);
    expect(experiment.units).toBe(expected.pairwise_sample_size);
    isClose(powerNow, expected.power_now);
    isClose(powerPerGoal, expected.adjusted_power_target);
    expect(Math.abs((growth ?? 0) / expected.scaling_factor - 1)).toBeLessThan(1e-3);
    expect(additionalUnits).toBe((growth ?? 0) * experiment.units);
    const grown = (factor: number) => ({
      ...experiment,
      standardError: experiment.standardError / Math.sqrt(1 + factor),
      units: experiment.units * (1 + factor),
    });
    expect(remainingUnits(grown(growth ?? 0)).powerNow).toBeCloseTo(powerPerGoal, 10);
    isClose(remainingUnits(grown(expected.scaling_factor)).powerNow, expected.power_at_scaling_factor);
  });
});

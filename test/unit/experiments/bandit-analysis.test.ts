import { BanditTrial } from '../../../bench/error-rates/bandit-trial';
import { Draws } from '../../../bench/error-rates/draws';
import { experimentResults } from '../../../src/experiments/experiment-results';
import { builtInMetrics } from '../../../src/experiments/metric';
import { defaultBanditRule } from '../../../src/statistics/bandit-weights';
import { aBandit, phasedSums } from './a-bandit';

const periodUnits = 400;

/** The trial whose error rate `bench/error-rates` measures, and what its units did by period and arm. */
function trialOf(seed: number, units: number, truth: number) {
  const counts: [units: number, right: number][][] = [];
  const draws = new Draws(seed, 2, 3);
  const draw = (arm: 0 | 1, period: number) => {
    const value = Number(draws.chance(0.5 + 0.15 * Math.sin(period) + arm * truth));
    counts[period] ??= [
      [0, 0],
      [0, 0],
    ];
    const own = counts[period]?.[arm] as [number, number];
    own[0]++;
    own[1] += value;
    return value;
  };
  const trial = new BanditTrial(draws, { rule: { ...defaultBanditRule, floor: 0.1 }, periodUnits, truth, draw });
  for (let unit = 0; unit < units; unit++) trial.next();
  return { trial, counts };
}

it.each([
  [1, 150, 0],
  [2, 430, 0.05],
  [3, 2000, 0],
  [4, 2370, 0.05],
  [5, 5000, 0.1],
])('is the analysis whose error rate was measured (seed %d, %d units, truth %d)', (seed, units, truth) => {
  const { trial, counts } = trialOf(seed, units, truth);
  const alpha = 0.05;
  const look = trial.look(alpha);
  const weights = counts.map(() => [0.5, 0.5]);
  const experiment = { ...aBandit(weights), analysis: { ...aBandit().analysis, alpha } };
  const { metrics } = experimentResults({
    experiment,
    metrics: builtInMetrics,
    sums: phasedSums(counts),
    now: new Date(0),
    ingestLagMs: 0,
  });
  const treatment = metrics[0]?.variants[1];
  const { lower, upper } = look?.interval() ?? { lower: Number.NaN, upper: Number.NaN };
  expect(treatment?.absoluteLift?.lower).toBeCloseTo(lower, 12);
  expect(treatment?.absoluteLift?.upper).toBeCloseTo(upper, 12);
  expect((treatment?.pValue as number) <= alpha).toBe(look?.callsDifference());
});

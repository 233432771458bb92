import { banditWeights, defaultBanditRule, withFloor } from '../../../src/statistics/bandit-weights';
import { periodStratifiedMean } from '../../../src/statistics/period-stratified-mean';
import { posteriorWithPrior } from '../../../src/statistics/posterior';
import { rankChances } from '../../../src/statistics/probability-of-best';
import { type ArmEstimate, meanOfSums } from '../../../src/statistics/ratio-of-sums';
import { type BanditRow, engine, excessError } from './growthbook-engine';

const areClose = (actual: readonly number[], expected: readonly number[] | undefined) => {
  expect(actual).toHaveLength(expected?.length ?? 0);
  actual.forEach((value, i) => {
    expect(excessError(value, expected?.[i] as number, 1e-12)).toBeLessThan(1e-9);
  });
};

const armOf = ({ n, sum, sum_squares }: { n: number; sum: number; sum_squares: number }) =>
  meanOfSums({ units: n, sum, sumOfSquares: sum_squares }) as ArmEstimate;

const rowOf = (id: string): BanditRow => {
  const row = engine.bandit.find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error(`There is no row ${id}.`);
  return row;
};

describe("GrowthBook's bandits", () => {
  const scenarios = engine.bandit.filter((row) => row.p_second_best !== undefined);
  it.each(scenarios.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const sign = row.lower_is_better ? -1 : 1;
    const deviations = row.posterior_stddev ?? [];
    const chances = rankChances(
      (row.posterior_mean ?? []).map((mean, i) => ({ mean: sign * mean, standardDeviation: deviations[i] as number })),
    );
    areClose(chances.best, row.p_best);
    areClose(chances.secondBest, row.p_second_best);
    areClose(
      chances.best.map((best, i) => (best + (chances.secondBest[i] as number)) / 2),
      row.top_two_weights,
    );
    areClose(withFloor(chances.best, 0.01), row.weights_additive_floor_0_01);
  });

  it('goes from the statistics of the arms to weights', () => {
    const row = rowOf('gb-bandit-arms-from-statistics');
    const arms = (row.arms ?? []).map(armOf);
    const rule = { ...defaultBanditRule, floor: 0.1 };
    const posteriors = arms.map(({ mean, standardError }) => posteriorWithPrior({ estimate: mean, standardError }, rule.prior));
    areClose(
      posteriors.map(({ estimate }) => estimate),
      row.posterior_mean,
    );
    areClose(
      posteriors.map(({ standardError }) => standardError),
      row.posterior_stddev,
    );
    const update = banditWeights(arms, [0.25, 0.25, 0.25, 0.25], rule);
    if (update.kind !== 'UPDATED') throw new Error('There are enough units.');
    areClose(update.chancesToBeBest, row.p_best);
    areClose(update.weights, row.weights_additive_floor_0_1);
    areClose(withFloor(update.chancesToBeBest, 0.5), row.weights_floor_too_large_0_5);
  });

  it('keeps the weights until every arm has 100 units', () => {
    const row = rowOf('gb-bandit-not-enough-units');
    const update = banditWeights((row.arms ?? []).map(armOf), row.current_weights ?? []);
    expect(update).toEqual({ kind: 'TOO_FEW_UNITS', weights: row.expected_weights });
  });

  it('weighs periods by all their units, not by the arm’s own', () => {
    const row = rowOf('gb-bandit-period-weighting');
    const rows = row.rows ?? [];
    const unitsOfPeriod = (period: number) => rows.filter((cell) => cell.period === period).reduce((sum, cell) => sum + cell.n, 0);
    for (const expected of row.expected ?? []) {
      const cells = rows.filter(({ arm }) => arm === expected.arm);
      const mean = periodStratifiedMean(cells.map((cell) => ({ unitsOfAllArms: unitsOfPeriod(cell.period), arm: armOf(cell) })));
      areClose(
        [mean?.mean ?? Number.NaN, (mean?.standardError ?? Number.NaN) ** 2],
        [expected.weighted_mean, expected.variance_of_weighted_mean],
      );
      expect(Math.abs((mean?.mean ?? 0) - expected.naive_pooled_mean)).toBeGreaterThan(0.01);
    }
  });
});

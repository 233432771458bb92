import {
  absolutePrior,
  chanceToWin,
  chanceToWinOfInterval,
  credibleInterval,
  expectedLoss,
  posteriorWithPrior,
} from '../../../src/statistics/posterior';
import { type BayesianRow, compare, engine, excessError } from './growthbook-engine';

const isClose = (actual: number, expected: number, relative = 1e-9) => expect(excessError(actual, expected, 1e-12)).toBeLessThan(relative);

function posteriorOf({ config, ...pair }: BayesianRow) {
  const compared = compare(pair, config.difference_type);
  if (compared === null) return null;
  const { prior } = config;
  if (!prior.proper) return compared.lift;
  const relative = { mean: prior.mean ?? 0, standardDeviation: Math.sqrt(prior.variance ?? Number.NaN) };
  const scaled = config.difference_type === 'absolute' ? absolutePrior(relative, compared.base) : relative;
  return posteriorWithPrior(compared.lift, scaled);
}

describe("GrowthBook's Bayesian engine", () => {
  const usual = engine.bayesian.filter(({ expected }) => expected.error_message === null);
  it.each(usual.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const { config, expected } = row;
    const posterior = posteriorOf(row);
    if (posterior === null) throw new Error('There must be an estimate.');
    isClose(posterior.estimate, expected.effect);
    isClose(posterior.standardError, expected.posterior_stddev);
    const { lower, upper } = credibleInterval(posterior, config.alpha);
    isClose(lower, expected.ci[0]);
    isClose(upper, expected.ci[1]);
    const better = config.inverse ? { ...posterior, estimate: -posterior.estimate } : posterior;
    isClose(chanceToWin(better), expected.chance_to_win);
    isClose(expectedLoss(better), expected.risk_treatment, 1e-7);
    isClose(expectedLoss({ ...better, estimate: -better.estimate }), expected.risk_control, 1e-7);
  });

  it.each(engine.bayesian.filter(({ expected }) => expected.error_message !== null).map((row) => [row.id, row] as const))(
    '%s: says nothing, or has no spread to say it with',
    (_, row) => {
      expect(row.expected.error_message).toBe('ZERO_NEGATIVE_VARIANCE');
      const compared = compare(row, row.config.difference_type);
      if (compared !== null) expect(Math.min(compared.control.standardError, compared.treatment.standardError)).toBe(0);
    },
  );

  it.each(engine.risk)('risk: %j', (row) => {
    const posterior = { estimate: row.posterior_mean, standardError: row.posterior_stddev };
    isClose(expectedLoss(posterior), row.risk_treatment, 1e-7);
    isClose(expectedLoss({ ...posterior, estimate: -posterior.estimate }), row.risk_control, 1e-7);
  });

  it.each(engine.chance_to_win_from_ci)('chance to win from an interval: %j', (row) => {
    const [lower, upper] = row.two_sided_ci;
    isClose(chanceToWinOfInterval({ estimate: row.expected_effect, lower, upper, alpha: row.alpha }), row.expected_chance_to_win);
  });
});

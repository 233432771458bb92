import {
  asymptoticConfidenceSequence,
  oneSidedConfidenceSequence,
  sequentialCriticalValue,
} from '../../../src/statistics/asymptotic-confidence-sequence';
import { adjustArm, adjustedRelativeLift, cuped } from '../../../src/statistics/cuped';
import { absoluteLift, relativeLift } from '../../../src/statistics/lift';
import { linearisedCovariance } from '../../../src/statistics/linearised-moments';
import { type FixedHorizonTest, welchDegreesOfFreedom, welchTest } from '../../../src/statistics/welch-test';
import {
  armAt,
  bound,
  type ComparedArms,
  compare,
  engine,
  estimateOf,
  excessError,
  type FrequentistRow,
  momentsOf,
  variablesOf,
} from './growthbook-engine';
import { relativeError } from './reference-numbers';

const labelled = <T extends { readonly id: string }>(rows: readonly T[]) => rows.map((row) => [row.id, row] as const);

/** The tolerance that the vectors state for effects, intervals and standard errors. */
const isClose = (actual: number, expected: number) => expect(excessError(actual, expected, 1e-12)).toBeLessThan(1e-9);

const alternativeOf = (method: string) => {
  if (method.includes('greater')) return 'GREATER';
  return method.includes('lesser') ? 'LESS' : 'TWO_SIDED';
};

function lookOf({ method, config }: FrequentistRow, { control, treatment, lift }: ComparedArms) {
  const { alpha, test_value: nullValue } = config;
  const alternative = alternativeOf(method);
  if (!method.startsWith('sequential')) {
    return welchTest({ lift, degreesOfFreedom: welchDegreesOfFreedom(control, treatment), alpha, alternative, nullValue });
  }
  const input = {
    ...lift,
    sampleSize: control.units + treatment.units,
    alpha,
    tuningSampleSize: config.sequential_tuning_parameter ?? 5000,
  };
  return alternative === 'TWO_SIDED' ? asymptoticConfidenceSequence(input) : oneSidedConfidenceSequence({ ...input, alternative });
}

describe("GrowthBook's frequentist engine", () => {
  const impossible = 'gb-freq-004';

  it.each(labelled(engine.frequentist.filter(({ id }) => id !== impossible)))('%s', (_, row) => {
    const compared = compare(row, row.config.difference_type);
    if (compared === null) throw new Error('There must be an estimate.');
    const look = lookOf(row, compared);
    const { expected } = row;
    isClose(compared.lift.estimate, expected.effect);
    isClose(compared.lift.standardError, expected.standard_error);
    isClose(look.lower, bound(expected.ci[0]));
    isClose(look.upper, bound(expected.ci[1]));
    if (expected.theta !== undefined) isClose(compared.theta ?? 0, expected.theta);
    if (expected.dof !== undefined) isClose(welchDegreesOfFreedom(compared.control, compared.treatment), expected.dof);
    expect(Math.abs(look.pValue - (expected.p_value_exact_unclipped ?? expected.p_value))).toBeLessThan(1e-9);
  });

  it('gives an arm no spread whose sums are impossible, where GrowthBook gives no result', () => {
    const row = engine.frequentist.find(({ id }) => id === impossible) as FrequentistRow;
    expect(row.expected.error_message).toBe('ZERO_NEGATIVE_VARIANCE');
    expect(estimateOf(armAt(row.control))?.standardError).toBe(0);
  });

  it('has p-values below the precision of 1 - p, which upstream rounds to 0', () => {
    const rounded = engine.frequentist.filter((row) => row.method === 'two_sided_t' && row.expected.p_value === 0);
    const looks = rounded.map((row) => lookOf(row, compare(row, row.config.difference_type) as ComparedArms) as FixedHorizonTest);
    const representable = looks.filter(({ statistic }) => Math.abs(statistic) < 37);
    expect(representable.length).toBeGreaterThan(0);
    for (const { pValue } of representable) {
      expect(pValue).toBeGreaterThan(0);
      expect(pValue).toBeLessThan(1e-15);
    }
  });
});

describe("GrowthBook's statistics, coefficients and moments", () => {
  it.each(labelled(engine.statistics))('%s: mean and variance', (_, row) => {
    const arm = armAt(row.statistic);
    const estimate = estimateOf(arm);
    if (arm.n < 2) {
      expect(estimate).toBeNull();
      return;
    }
    isClose(estimate?.mean ?? Number.NaN, row.mean);
    isClose((estimate?.standardError ?? Number.NaN) ** 2 * (estimate?.units ?? 0), row.variance);
  });

  it.each(labelled(engine.theta))('%s', (_, row) => {
    const arms = [armAt(row.control), armAt(row.treatment)] as const;
    const adjustment = cuped(arms.map(momentsOf), variablesOf(arms[0]));
    isClose(adjustment?.theta[0] ?? Number.NaN, row.expected_theta);
  });

  it.each(labelled(engine.effect_moments))('%s: theta is given', (_, row) => {
    const arms = [armAt(row.control), armAt(row.treatment)] as const;
    const variables = variablesOf(arms[0]);
    const [control, treatment] = arms.map((arm) => adjustArm(momentsOf(arm), variables, ['theta' in arm ? (arm.theta ?? 0) : 0]));
    if (!control || !treatment) throw new Error('There must be an estimate.');
    const lift = adjustedRelativeLift(control, treatment, variables.metric);
    isClose(lift?.estimate ?? Number.NaN, row.expected.point_estimate);
    isClose(lift?.standardError ?? Number.NaN, row.expected.standard_error);
  });

  it.each(labelled(engine.delta_method))('%s', (_, row) => {
    const control = { mean: row.mean_a, standardError: Math.sqrt(row.var_a / row.n_a), units: row.n_a };
    const treatment = { mean: row.mean_b, standardError: Math.sqrt(row.var_b / row.n_b), units: row.n_b };
    const lift = row.relative ? relativeLift(control, treatment) : absoluteLift(control, treatment);
    expect(relativeError((lift?.standardError ?? Number.NaN) ** 2, row.expected)).toBeLessThan(1e-14);
  });

  it('has the covariance of two means where nothing is a ratio', () => {
    const arm = momentsOf(armAt(engine.theta[0]?.control ?? 0));
    const [y, x] = [1, 2].map((numerator) => ({ numerator, denominator: 0 }));
    if (!y || !x) throw new Error('There are two variables.');
    expect(relativeError(linearisedCovariance(arm, y, x) ?? Number.NaN, arm.covariance(1, 2))).toBeLessThan(1e-13);
  });
});

describe("GrowthBook's helpers for sequential tests", () => {
  it.each(engine.sequential_helpers)('rho and widths at alpha $alpha, tuned for $sequential_tuning_parameter', (row) => {
    const { alpha, sequential_tuning_parameter: tuningSampleSize } = row;
    for (const { s2, n, two_sided, one_sided } of row.halfwidths) {
      const standardError = Math.sqrt(s2 / n);
      isClose(standardError * sequentialCriticalValue({ sampleSize: n, alpha, tuningSampleSize }), two_sided);
      const input = { estimate: 0, standardError, sampleSize: n, alpha, tuningSampleSize };
      isClose(-oneSidedConfidenceSequence({ ...input, alternative: 'GREATER' }).lower, one_sided);
    }
  });
});

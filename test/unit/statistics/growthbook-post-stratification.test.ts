import { postStratifiedLift } from '../../../src/statistics/post-stratification';
import { armAt, type EngineArm, engine, excessError, momentsOf } from './growthbook-engine';

function planOf(arm: EngineArm) {
  switch (arm.type) {
    case 'regression_adjusted':
      return { metric: { numerator: 1, denominator: 0 }, covariates: [2] };
    case 'ratio':
      return { metric: { numerator: 1, denominator: 2 }, covariates: [] };
    case 'regression_adjusted_ratio':
      return { metric: { numerator: 1, denominator: 2 }, covariates: [3, 4] };
    default:
      return { metric: { numerator: 1, denominator: 0 }, covariates: [] };
  }
}

describe("GrowthBook's post-stratification", () => {
  const run = (id: string) => {
    const row = engine.post_stratification.find((candidate) => candidate.id === id);
    const [first] = row?.strata ?? [];
    if (row === undefined || first === undefined) throw new Error(`There is no row ${id}.`);
    const strata = row.strata.map(({ control, treatment }) => ({
      control: momentsOf(armAt(control)),
      treatment: momentsOf(armAt(treatment)),
    }));
    return { row, result: postStratifiedLift(strata, planOf(armAt(first.control))) };
  };

  const usual = engine.post_stratification.filter(({ expected }) => expected.error_message === null);
  it.each(usual.map(({ id }) => id))('%s', (id) => {
    const { row, result } = run(id);
    const lift = row.difference_type === 'absolute' ? result?.absolute : result?.relative;
    expect(excessError(lift?.estimate ?? Number.NaN, row.expected.point_estimate, 1e-12)).toBeLessThan(1e-9);
    expect(excessError(lift?.standardError ?? Number.NaN, row.expected.standard_error, 1e-12)).toBeLessThan(1e-9);
    expect(result?.units).toBe(row.expected.pairwise_sample_size);
    expect(result?.strata).toBe(row.strata.length);
  });

  it('finds no difference and no spread where every unit is 0', () => {
    const { row, result } = run('gb-poststrat-zero-variance');
    expect(row.expected.error_message).toBe('ZERO_NEGATIVE_VARIANCE');
    expect(result?.absolute).toEqual({ estimate: 0, standardError: 0 });
    expect(result?.strata).toBe(1);
  });

  it('answers an absolute difference to a control of mean 0, which upstream refuses; only the relative one does not exist', () => {
    const { row, result } = run('gb-poststrat-baseline-zero');
    expect(row.expected.error_message).toBe('ZERO_NEGATIVE_BASELINE_VARIATION');
    expect(result?.absolute.estimate).toBe(0);
    expect(result?.absolute.standardError).toBeGreaterThan(0);
    expect(result?.relative).toBeNull();
  });
});

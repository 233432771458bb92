import { benjaminiHochbergAdjust } from '../../../src/statistics/benjamini-hochberg';
import { benjaminiYekutieliAdjust } from '../../../src/statistics/benjamini-yekutieli';
import { bonferroniAdjust } from '../../../src/statistics/bonferroni-correction';
import { correctedInterval } from '../../../src/statistics/corrected-interval';
import { defaultHealthThresholds, multipleExposureVerdict, sampleRatioVerdict } from '../../../src/statistics/health-verdict';
import { hochbergAdjust } from '../../../src/statistics/hochberg-correction';
import { holmAdjust } from '../../../src/statistics/holm-correction';
import { hommelAdjust } from '../../../src/statistics/hommel-correction';
import { sampleRatioMismatch } from '../../../src/statistics/sample-ratio-mismatch';
import { sidakAdjust } from '../../../src/statistics/sidak-correction';
import { engine, excessError } from './growthbook-engine';

const isClose = (actual: number, expected: number) => expect(excessError(actual, expected, 1e-12)).toBeLessThan(1e-9);

const corrections = {
  holm_bonferroni: holmAdjust,
  benjamini_hochberg: benjaminiHochbergAdjust,
  benjamini_yekutieli: benjaminiYekutieliAdjust,
  bonferroni: bonferroniAdjust,
  sidak: sidakAdjust,
  hochberg: hochbergAdjust,
  hommel: hommelAdjust,
};

describe("statsmodels' corrections for many comparisons", () => {
  const cases = engine.multiple_testing.flatMap(({ id, p_values, adjusted }) =>
    Object.entries(adjusted).map(([name, expected]) => [name, id, p_values, expected] as const),
  );
  it.each(cases)('%s of %s', (name, _, pValues, expected) => {
    const adjusted = corrections[name as keyof typeof corrections](pValues);
    expect(adjusted).toHaveLength(expected.length);
    adjusted.forEach((value, i) => {
      isClose(value, expected[i] as number);
    });
  });
});

describe("GrowthBook's corrected intervals", () => {
  it.each(engine.adjusted_ci.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const { lower, upper } = correctedInterval({
      estimate: row.lift,
      lower: row.lift,
      upper: row.lift,
      alpha: row.alpha,
      adjustedPValue: row.adjusted_p,
    });
    expect(lower).toBeCloseTo(row.expected[0], row.decimals);
    expect(upper).toBeCloseTo(row.expected[1], row.decimals);
  });
});

describe("GrowthBook's sample ratio and health", () => {
  it.each(engine.srm.map((row) => [row.id, row] as const))('%s, without counting arms of weight 0', (_, row) => {
    const { statistic, pValue } = sampleRatioMismatch(row.users, row.weights);
    isClose(statistic, row.chi_square);
    isClose(pValue, row.p_value_correct);
  });

  it('has their thresholds', () => {
    expect(defaultHealthThresholds.sampleRatioPValue).toBe(engine.health.srm_threshold);
    expect(defaultHealthThresholds.covariatePValue).toBe(engine.health.covariate_imbalance_p_threshold);
  });

  it.each(engine.health.cases)('verdict: %j', (row) => {
    const verdict =
      row.kind === 'srm'
        ? sampleRatioVerdict({ pValue: row.p_value, units: row.users, arms: row.variations })
        : multipleExposureVerdict({ switched: row.multiple, units: row.users });
    expect(verdict).toBe(row.expected.toUpperCase().replaceAll('-', '_'));
  });
});

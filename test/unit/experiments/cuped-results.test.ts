import { covariateProducts, covariateSumsOf } from '../../../src/experiments/covariate-sums';
import { type AnalysisMethod, type Experiment, noCuped } from '../../../src/experiments/experiment';
import { experimentResults } from '../../../src/experiments/experiment-results';
import { builtInMetrics, type Metric } from '../../../src/experiments/metric';
import type { MetricResult, VariantResult } from '../../../src/experiments/metric-result';
import { addSums, type ExperimentSums, noSums, noTotals, sumsDelta, type VariantSums } from '../../../src/experiments/result-sums';
import { covariateDelta } from '../../../src/experiments/unit-state';
import { anytimeDifference } from '../../../src/statistics/anytime-difference';
import { adjustedRelativeLift, cuped } from '../../../src/statistics/cuped';
import { MomentMatrix } from '../../../src/statistics/moment-matrix';
import { anExperiment } from '../../contract/an-experiment';
import { normalDraws } from '../statistics/normal-draws';
import { minstd, relativeError } from '../statistics/reference-numbers';
import { anArm, experimentSums } from './unit-sums';

/** Numerator, denominator, and the same from before. */
type Unit = readonly [m: number, d: number, x: number, e: number];

const revenue: Metric = {
  ...{ key: 'revenue', name: 'Revenue', description: '', kind: 'mean', direction: 'higher' },
  ...{ cap: null, conversionWindowMs: null, maturityMs: 0, isBuiltIn: false, quantile: null },
};
const basket: Metric = { ...revenue, key: 'basket', name: 'Basket', kind: 'ratio' };

const random = minstd(2_026);
const normal = normalDraws(random);

/** The same person before and after: `share` of the variance is known. */
function people(units: number, lift: number, share: number, shift = 0): readonly Unit[] {
  return Array.from({ length: units }, () => {
    const known = normal();
    return [10 + lift + 2 * (Math.sqrt(share) * known + Math.sqrt(1 - share) * normal()), 1, 8 + shift + 2 * known, 1];
  });
}

/** Some have no denominator, before or after. */
function baskets(units: number, lift: number): readonly Unit[] {
  return Array.from({ length: units }, () => {
    const [own, known, value] = [Math.floor(4 * random()), Math.floor(4 * random()), 5 + normal()];
    return [own * (value + lift), own, known * value, known];
  });
}

function armOf(variant: string, metric: Metric, units: readonly Unit[]): VariantSums {
  const states = units.map(([m, d, x, e]) => ({
    totals: { numerator: m, denominator: d },
    covariate: { numerator: x, denominator: e },
  }));
  const nothing = { totals: noTotals, covariate: null };
  const own = states.reduce((sums, { totals }) => addSums(sums, sumsDelta(noTotals, totals)), noSums);
  const deltas = states.map((state) => covariateDelta(nothing, state, null));
  const covariates = covariateSumsOf(covariateProducts.map((_, at) => deltas.reduce((sum, delta) => sum + (delta[at] as number), 0)));
  return { ...anArm(variant, units.length, { [metric.key]: own }), covariates: { [metric.key]: covariates } };
}

function results(metric: Metric, sums: ExperimentSums, { method = 'ALWAYS_VALID' as AnalysisMethod, isCuped = true, harm = 0.1 } = {}) {
  const terms = { ...noCuped, cuped: isCuped, alpha: 0.05, minimumDetectableEffect: null, nonInferiorityMargin: null };
  const analysis = method === 'FIXED_HORIZON' ? { ...terms, method, plannedUnitsPerVariant: 30 } : { ...terms, method };
  const guardrails = [{ metric: metric.key, maxRelativeHarm: harm, action: 'WARN' as const }];
  const plan = { primaryMetric: metric.key, secondaryMetrics: [], guardrails, analysis };
  const experiment: Experiment = { ...anExperiment({ status: 'RUNNING' }), ...plan };
  return experimentResults({ experiment, metrics: [...builtInMetrics, metric], sums, now: new Date(0), ingestLagMs: 0 });
}

function treatmentOf({ metrics }: { readonly metrics: readonly MetricResult[] }): VariantResult {
  return metrics[0]?.variants[1] as VariantResult;
}

const twoArms = (metric: Metric, control: readonly Unit[], treatment: readonly Unit[]) =>
  experimentSums(armOf('control', metric, control), armOf('cnn', metric, treatment));

const widthOf = ({ absoluteLift }: VariantResult) => (absoluteLift?.upper ?? 0) - (absoluteLift?.lower ?? 0);

describe('results with CUPED', () => {
  const [control, treatment] = [people(3_000, 0, 0.8), people(2_900, 0.1, 0.8)];
  const sums = twoArms(revenue, control, treatment);

  it('lose the share of variance that is known, and say so', () => {
    const [adjusted, plain] = [results(revenue, sums), results(revenue, sums, { isCuped: false })];
    const { cuped: said } = adjusted.metrics[0] as MetricResult;
    expect(said).toMatchObject({ covariate: 'PRE_EXPOSURE', applied: true, reason: null });
    expect(said?.varianceRemoved).toBeCloseTo(0.8, 1);
    expect(widthOf(treatmentOf(adjusted)) / widthOf(treatmentOf(plain))).toBeCloseTo(Math.sqrt(1 - (said?.varianceRemoved ?? 0)), 2);
    expect(treatmentOf(adjusted)).toMatchObject({ mean: treatmentOf(plain).mean, standardError: treatmentOf(plain).standardError });
    expect(plain.metrics[0]).toMatchObject({ cuped: null, variants: [{ adjustedMean: null }, { adjustedMean: null }] });
  });

  it.each([
    ['a mean', revenue, control, treatment, { metric: { numerator: 1, denominator: 0 }, covariates: [{ numerator: 3, denominator: 0 }] }],
    [
      'a ratio',
      basket,
      baskets(900, 0),
      baskets(1_000, 0.2),
      { metric: { numerator: 1, denominator: 2 }, covariates: [{ numerator: 3, denominator: 4 }] },
    ],
  ] as const)('are those of the units themselves, of %s', (_, metric, base, own, variables) => {
    const batch = cuped([MomentMatrix.of(base), MomentMatrix.of(own)], variables);
    const [left, right] = batch?.arms ?? [];
    if (!left || !right) throw new Error('There must be an adjustment.');
    const given = twoArms(metric, base, own);
    const close = (actual: number | null | undefined, expected: number) => expect(relativeError(actual ?? 0, expected)).toBeLessThan(1e-9);
    for (const method of ['ALWAYS_VALID', 'FIXED_HORIZON', 'BAYESIAN'] as const) {
      const { metrics } = results(metric, given, { method });
      const result = treatmentOf({ metrics });
      close(metrics[0]?.cuped?.varianceRemoved, batch?.varianceRemoved ?? 0);
      close(result.adjustedMean, right.mean);
      close(result.absoluteLift?.estimate, right.mean - left.mean);
      close(result.relativeLift?.estimate, (right.mean - left.mean) / left.unadjusted.mean);
    }
    const fixed = treatmentOf(results(metric, given, { method: 'BAYESIAN' })).relativeLift;
    const lift = adjustedRelativeLift(left, right, variables.metric);
    // The pooled spread may be the larger one.
    expect((fixed?.upper ?? 0) - (fixed?.lower ?? 0)).toBeGreaterThan(0.99 * 2 * 1.96 * (lift?.standardError ?? 0));
    const anytime = treatmentOf(results(metric, given)).absoluteLift;
    const unshaped = anytimeDifference(left, right, { alpha: 0.05 });
    // The correction of the shape only widens, and hardly at this size.
    expect(anytime?.upper).toBeGreaterThanOrEqual(unshaped.upper - 1e-9);
    expect(anytime?.upper).toBeCloseTo(unshaped.upper, 2);
  });

  it('change little by what says nothing', () => {
    const useless = twoArms(revenue, people(3_000, 0, 0), people(3_000, 0.1, 0));
    const [adjusted, plain] = [results(revenue, useless), results(revenue, useless, { isCuped: false })];
    expect(Math.abs(adjusted.metrics[0]?.cuped?.varianceRemoved ?? 1)).toBeLessThan(0.005);
    expect(widthOf(treatmentOf(adjusted))).toBeCloseTo(widthOf(treatmentOf(plain)), 2);
    expect(treatmentOf(adjusted).absoluteLift?.estimate).toBeCloseTo(treatmentOf(plain).absoluteLift?.estimate ?? 0, 2);
  });

  it('take out what chance gave one arm before', () => {
    const lucky = twoArms(revenue, people(2_000, 0, 0.9), people(2_000, 0.19, 0.9, 0.2));
    // 0.19 of what the treatment has more is nothing but what it had more before: 0.2 times sqrt(0.9).
    expect(treatmentOf(results(revenue, lucky, { isCuped: false })).absoluteLift?.estimate).toBeGreaterThan(0.1);
    expect(Math.abs(treatmentOf(results(revenue, lucky)).absoluteLift?.estimate ?? 1)).toBeLessThan(0.05);
  });

  it('let guardrails see harm earlier', () => {
    const harmed = twoArms(revenue, people(1_500, 0, 0.9), people(1_500, -0.3, 0.9));
    const width = (isCuped: boolean) => {
      const excess = results(revenue, harmed, { isCuped, harm: 0.01 }).guardrails[0]?.excessHarm;
      return (excess?.upper ?? 0) - (excess?.lower ?? 0);
    };
    expect(width(true)).toBeLessThan(0.5 * width(false));
    expect(results(revenue, harmed, { harm: 0.01 }).guardrails[0]?.state).toBe('CROSSED');
    expect(results(revenue, harmed, { isCuped: false, harm: 0.01 }).guardrails[0]?.state).toBe('HOLDING');
  });

  it('let guardrails of shares see what always fails, although no arm varies', () => {
    const complaint: Metric = { ...revenue, key: 'complaint', kind: 'proportion', direction: 'lower' };
    const all = (value: number) => Array.from({ length: 30 }, (_, unit): Unit => [value, 1, unit % 2, 1]);
    expect(results(complaint, twoArms(complaint, all(0), all(1))).guardrails[0]?.state).toBe('CROSSED');
  });

  it('say in the verdict that they are adjusted', () => {
    expect(results(revenue, sums).decision.reason).toMatch(/^Revenue of cnn is [\d.]+ after its adjustment \(cuped says by what\), /);
  });
});

describe('CUPED is not applied', () => {
  const reasonOf = (metric: Metric, sums: ExperimentSums) => {
    const { cuped: said, variants } = results(metric, sums).metrics[0] as MetricResult;
    expect(said).toMatchObject({ applied: false, varianceRemoved: null });
    expect(variants.map(({ adjustedMean }) => adjustedMean)).toEqual([null, null]);
    return said?.reason;
  };
  const without = (units: readonly Unit[], x: number) => units.map(([m, d]): Unit => [m, d, x, 1]);

  it('to what serving measures, and says why', () => {
    const accuracy = builtInMetrics.find(({ key }) => key === 'accuracy') as Metric;
    expect(reasonOf(accuracy, twoArms(accuracy, people(50, 0, 0), people(50, 0, 0)))).toBe(
      'Accuracy is measured by serving itself, so nothing of it is known from before. With controlScore the control foretells it.',
    );
  });

  it('where nothing is known from before, or all were alike', () => {
    const [control, treatment] = [people(200, 0, 0), people(200, 0, 0)];
    const bare = experimentSums(
      ...[armOf('control', revenue, control), armOf('cnn', revenue, treatment)].map(({ covariates: _, ...arm }) => arm),
    );
    for (const sums of [bare, twoArms(revenue, without(control, 3), without(treatment, 3))]) {
      expect(reasonOf(revenue, sums)).toBe(
        'What the units did in the 14 days before their first exposure does not vary, or is not known: no earlier outcomes of Revenue came.',
      );
      expect(treatmentOf(results(revenue, sums)).absoluteLift).toEqual(
        treatmentOf(results(revenue, sums, { isCuped: false })).absoluteLift,
      );
    }
  });

  it('below 30 units an arm', () => {
    expect(reasonOf(revenue, twoArms(revenue, people(29, 0, 0.5), people(100, 0, 0.5)))).toBe(
      'The control and a treatment need 30 units each.',
    );
  });
});

describe('the arms before the experiment', () => {
  it('are compared, and one that differed is warned of but still judged', () => {
    const { health, decision } = results(revenue, twoArms(revenue, people(1_000, 0, 0.5), people(1_000, 2, 0.5, 1)));
    expect(health.preExperimentBias).toEqual([
      { metric: 'revenue', variant: 'cnn', pValue: expect.any(Number), imbalance: expect.closeTo(1 / 8, 1), flagged: true },
    ]);
    expect(decision.action).toBe('SHIP');
    expect(decision.reason).toMatch(
      /Warning: Revenue of cnn differed from the control by 1\d\.?\d*% of the control before the experiment met the units \(p = [\d.e-]+\), which chance hardly does\. Find out how units were assigned\.$/,
    );
  });

  it('are not warned of when they were alike, and not compared without covariates', () => {
    const sums = twoArms(revenue, people(1_000, 0, 0.5), people(1_000, 0, 0.5));
    expect(results(revenue, sums).health.preExperimentBias).toMatchObject([{ flagged: false }]);
    expect(results(revenue, sums).decision.reason).not.toContain('Warning');
    expect(results(revenue, sums, { isCuped: false }).health.preExperimentBias).toEqual([]);
  });

  it('are compared as ratios where the metric is one', () => {
    const richer = baskets(800, 0).map(([m, d, x, e]): Unit => [m, d, 1.5 * x, e]);
    const [bias] = results(basket, twoArms(basket, baskets(800, 0), richer)).health.preExperimentBias;
    expect(bias).toMatchObject({ flagged: true, imbalance: expect.closeTo(0.5, 1) });
  });
});

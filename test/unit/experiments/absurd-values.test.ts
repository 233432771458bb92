import { banditStanding } from '../../../src/experiments/bandit-standing';
import { covariateSumsOf } from '../../../src/experiments/covariate-sums';
import { experimentResults } from '../../../src/experiments/experiment-results';
import { judgeGuardrails } from '../../../src/experiments/judge-guardrails';
import type { Metric } from '../../../src/experiments/metric';
import type { VariantSums } from '../../../src/experiments/result-sums';
import { noTotals } from '../../../src/experiments/result-sums';
import { covariateDelta } from '../../../src/experiments/unit-state';
import { anExperiment } from '../../contract/an-experiment';
import { anArm, experimentSums, sumsOver } from './unit-sums';

const now = new Date('2026-03-05T00:00:00Z');

function aMetric(key: string, kind: Metric['kind'] = 'mean'): Metric {
  const limits = { cap: null, conversionWindowMs: null, maturityMs: 0, quantile: null, isBuiltIn: false };
  return { key, name: key, description: '', kind, direction: 'lower', ...limits };
}

function resultsOf(metric: Metric, control: VariantSums, treatment: VariantSums, more: Partial<ReturnType<typeof anExperiment>> = {}) {
  const guardrails = [{ metric: metric.key, maxRelativeHarm: 0, action: 'STOP' as const }];
  const plan = { primaryMetric: metric.key, secondaryMetrics: [], guardrails, segments: [] };
  const experiment = { ...anExperiment({ status: 'RUNNING', ...plan }), ...more } as ReturnType<typeof anExperiment>;
  return experimentResults({ experiment, metrics: [metric], sums: experimentSums(control, treatment), now, ingestLagMs: 0 });
}

/** `units` units with the same values each. */
function constant(units: number, numerator: number, denominator: number) {
  return sumsOver(Array.from({ length: units }, () => [numerator, denominator] as const));
}

describe('what never varies', () => {
  it.each([
    ['a ratio', 'ratio', [7.7, 3], [7.6, 3]],
    ['a mean', 'mean', [19.99, 1], [19.98, 1]],
    ['a small one', 'ratio', [0.3, 0.1], [0.31, 0.1]],
  ] as const)('crosses no guardrail: %s', (_, kind, [m, d], [n, e]) => {
    const metric = aMetric('m', kind);
    const results = resultsOf(metric, anArm('control', 60, { m: constant(60, n, e) }), anArm('cnn', 60, { m: constant(60, m, d) }));
    expect(results.guardrails).toMatchObject([{ state: 'UNKNOWN', pValue: null }]);
    expect(results.metrics[0]?.variants[1]).toMatchObject({ absoluteLift: null, pValue: null });
    expect(results.decision.action).toBe('KEEP_RUNNING');
  });

  it('gives a bandit no chances to go by', () => {
    const sums = (variant: string) => anArm(variant, 161, { m: constant(161, 7.7, 1) });
    const { variants } = anExperiment();
    const arms = variants.map((variant) => ({ variant, sums: sums(variant.key), phases: [sums(variant.key)] }));
    const bandit = { algorithm: 'THOMPSON', updateEveryMs: 1000, minWeight: 0.05, minUnitsPerVariant: 30 } as const;
    const phases = [{ index: 0, startedAt: now, weights: [0.5, 0.5] }];
    expect(banditStanding(bandit, phases, aMetric('m'), arms)).toEqual({ chancesToBeBest: null, nextWeights: null });
  });
});

describe('a covariate that foretells everything', () => {
  const foretold = (variant: string): VariantSums => {
    const units = Array.from({ length: 50 }, (_, j) => ((j * j) % 11) * 0.1 + 1);
    const deltas = units.map((value) => {
      const totals = { numerator: value, denominator: 1 };
      return covariateDelta({ totals: noTotals, covariate: null }, { totals, covariate: totals }, null);
    });
    const sums = deltas.reduce((sum, delta) => sum.map((one, at) => one + (delta[at] as number)));
    return { ...anArm(variant, 50, { m: sumsOver(units.map((value) => [value, 1] as const)) }), covariates: { m: covariateSumsOf(sums) } };
  };

  it('is not applied, and says why; the plain arms decide', () => {
    const { analysis } = anExperiment();
    const results = resultsOf(aMetric('m'), foretold('control'), foretold('cnn'), { analysis: { ...analysis, cuped: true } });
    expect(results.metrics[0]?.cuped).toMatchObject({ applied: false, reason: expect.stringMatching(/foretells m so well/) });
    expect(results.metrics[0]?.variants[1]?.absoluteLift).not.toBeNull();
    expect(results.guardrails).toMatchObject([{ state: 'HOLDING' }]);
  });
});

describe('values that no arithmetic can hold', () => {
  it.each([
    ['large against small', [1e60, 1e-45]],
    ['the largest against the smallest', [1e75, 5e-324]],
    ['tiny ones', [1e-170, 1e-170]],
  ] as const)('take nothing else with them: %s', (_, [m, d]) => {
    const { analysis } = anExperiment();
    const arm = (variant: string) => {
      const units = Array.from({ length: 60 }, (_, j) => [m * (1 + (j % 3)), d * (1 + (j % 2))] as const);
      return { ...anArm(variant, 60, { m: sumsOver(units) }), covariates: { m: covariateSumsOf(Array.from({ length: 25 }, () => m)) } };
    };
    for (const cuped of [false, true]) {
      const results = resultsOf(aMetric('m', 'ratio'), arm('control'), arm('cnn'), { analysis: { ...analysis, cuped } });
      expect(results.units).toBe(120);
      for (const { absoluteLift } of results.metrics[0]?.variants ?? [])
        if (absoluteLift) for (const end of Object.values(absoluteLift)) expect(Number.isNaN(end)).toBe(false);
    }
  });
});

it('a metric may be called constructor', () => {
  const metric = aMetric('constructor');
  const arm = (variant: string) => anArm(variant, 60, {});
  const results = resultsOf(metric, arm('control'), arm('cnn'));
  expect(results.metrics[0]?.variants.map(({ mean }) => mean)).toEqual([0, 0]);
  expect(judgeGuardrails([], [metric], [], 0.05)).toEqual([]);
});

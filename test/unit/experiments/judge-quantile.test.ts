import { experimentResults } from '../../../src/experiments/experiment-results';
import type { Guardrail } from '../../../src/experiments/guardrail';
import { judgeGuardrails } from '../../../src/experiments/judge-guardrails';
import { builtInMetrics, type Metric } from '../../../src/experiments/metric';
import { anExperiment } from '../../contract/an-experiment';
import { binnedSample } from '../statistics/binned-sample';
import { minstd } from '../statistics/reference-numbers';
import { anArm, experimentSums } from './unit-sums';

const variants = ['control', 'cnn'].map((key, index) => ({ key, name: key, version: '1', weight: 0.5, isControl: index === 0 }));
const p95: Guardrail = { metric: 'latency_p95_ms', maxRelativeHarm: 0.2, action: 'STOP' };
const score: Metric = {
  ...(builtInMetrics.find(({ key }) => key === 'latency_p95_ms') as Metric),
  key: 'score',
  direction: 'higher',
  quantile: 0.5,
};

function latencies(seed: number, units: number, factor = 1): number[] {
  const random = minstd(seed);
  return Array.from({ length: units }, () => factor * (0.5 + random()) * 10);
}

function arm(variant: string, metric: string, values: readonly number[]) {
  return { ...anArm(variant, 1000, {}), histograms: { [metric]: binnedSample(values) } };
}

function judge(guardrail: Guardrail, control: readonly number[], treatment: readonly number[]) {
  const arms = [control, treatment].map((values, index) => {
    const variant = variants[index] as (typeof variants)[number];
    return { variant, sums: arm(variant.key, guardrail.metric, values) };
  });
  return judgeGuardrails([guardrail], [...builtInMetrics, score], arms, 0.05)[0];
}

it('is crossed by latencies five times as long', () => {
  expect(judge(p95, latencies(1, 200), latencies(2, 200, 5))).toMatchObject({
    ...{ variant: 'cnn', state: 'CROSSED', action: 'STOP' },
    excessHarm: { estimate: expect.any(Number), level: 0.95 },
  });
  const found = judge(p95, latencies(1, 200), latencies(2, 200, 5));
  expect(found?.excessHarm?.lower).toBeGreaterThan(0);
  // 5 times about 14.5, less 1.2 times that.
  expect(Math.abs((found?.excessHarm?.estimate as number) - 3.8 * 14.5)).toBeLessThan(3);
  expect(found?.pValue).toBeLessThan(0.05);
});

it('is crossed before anybody can say by how much', () => {
  const found = judge(p95, latencies(1, 1000), latencies(2, 60, 5));
  expect(found).toMatchObject({ state: 'CROSSED', excessHarm: null });
  expect(found?.pValue).toBeLessThan(0.05);
});

it('holds where both are alike, and is cleared by latencies that are certainly shorter', () => {
  expect(judge(p95, latencies(1, 100), latencies(2, 100))?.state).toBe('HOLDING');
  expect(judge(p95, latencies(1, 400), latencies(2, 400, 0.5))).toMatchObject({ state: 'CLEARED', pValue: 1 });
});

it('tolerates more than it says no more', () => {
  expect(judge({ ...p95, maxRelativeHarm: 3.5 }, latencies(1, 400), latencies(2, 400, 5))?.state).toBe('CROSSED');
  expect(judge({ ...p95, maxRelativeHarm: 5 }, latencies(1, 400), latencies(2, 400, 5))?.state).toBe('CLEARED');
});

it('turns over where higher is better', () => {
  const rail = { ...p95, metric: 'score', maxRelativeHarm: 0.1 };
  expect(judge(rail, latencies(1, 400), latencies(2, 400, 0.5))?.state).toBe('CROSSED');
  expect(judge(rail, latencies(1, 400), latencies(2, 400, 2))?.state).toBe('CLEARED');
  expect(judge({ ...rail, maxRelativeHarm: 1.5 }, latencies(1, 400), latencies(2, 400))?.state).toBe('UNKNOWN');
});

it('is unknown below 30 units an arm', () => {
  expect(judge(p95, latencies(1, 29), latencies(2, 400, 5))).toMatchObject({ state: 'UNKNOWN', excessHarm: null, pValue: null });
});

it('stops the experiment, and may be its primary metric', () => {
  const running = anExperiment({ status: 'RUNNING' });
  const keys = running.variants.map(({ key }) => key) as [string, string];
  const given = (units: number, factor: number, base = units) =>
    experimentSums(arm(keys[0], 'latency_p95_ms', latencies(1, base)), arm(keys[1], 'latency_p95_ms', latencies(2, units, factor)));
  const decide = (sums: ReturnType<typeof given>, guardrails: readonly Guardrail[]) =>
    experimentResults({
      ...{ metrics: builtInMetrics, sums, now: new Date(0), ingestLagMs: 0 },
      experiment: { ...running, primaryMetric: 'latency_p95_ms', secondaryMetrics: [], guardrails },
    });
  const stopped = decide(given(60, 5, 1000), [p95]).decision;
  expect(stopped).toMatchObject({
    action: 'ROLL_BACK',
    variant: keys[0],
    reason: expect.stringContaining('how much worse is not known yet'),
  });
  expect(decide(given(400, 0.5), []).decision).toMatchObject({ action: 'SHIP', variant: keys[1] });
  expect(decide(given(400, 5), []).decision).toMatchObject({ action: 'ROLL_BACK', variant: keys[0] });
  expect(decide(given(60, 1), []).decision.reason).toContain('takes more units');
  const { metrics } = decide(given(400, 1), []);
  expect(metrics[0]?.variants.map(({ units }) => units)).toEqual([400, 400]);
  expect(Math.abs((metrics[0]?.variants[0]?.mean as number) - 14.5)).toBeLessThan(0.4);
});

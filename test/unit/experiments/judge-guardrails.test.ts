import type { Guardrail } from '../../../src/experiments/guardrail';
import { judgeGuardrails } from '../../../src/experiments/judge-guardrails';
import { builtInMetrics } from '../../../src/experiments/metric';
import type { MetricSums } from '../../../src/experiments/result-sums';
import { minstd } from '../statistics/reference-numbers';
import { accuracySums, anArm, sumsOver } from './unit-sums';

const variants = ['control', 'cnn'].map((key, index) => ({ key, name: key, version: '1', weight: 0.5, isControl: index === 0 }));
const errorRate: Guardrail = { metric: 'error_rate', maxRelativeHarm: 0.1, action: 'STOP' };
const latency: Guardrail = { metric: 'latency_ms', maxRelativeHarm: 0.2, action: 'WARN' };

function judge(guardrail: Guardrail, control: MetricSums, treatment: MetricSums, alpha = 0.05) {
  const arms = [control, treatment].map((sums, index) => {
    const variant = variants[index] as (typeof variants)[number];
    return { variant, sums: anArm(variant.key, sums.units, { [guardrail.metric]: sums }) };
  });
  return judgeGuardrails([guardrail], builtInMetrics, arms, alpha)[0];
}

it('is crossed by a version that always fails, although neither arm varies', () => {
  expect(judge(errorRate, accuracySums(30, 0), accuracySums(30, 30))).toMatchObject({ variant: 'cnn', state: 'CROSSED', action: 'STOP' });
});

it('is unknown below 30 units an arm', () => {
  expect(judge(errorRate, accuracySums(30, 0), accuracySums(29, 29))).toMatchObject({ state: 'UNKNOWN', excessHarm: null, pValue: null });
});

it('is cleared where the treatment is certainly not worse than tolerated', () => {
  expect(judge(errorRate, accuracySums(500, 250), accuracySums(500, 0))?.state).toBe('CLEARED');
  expect(judge({ ...errorRate, maxRelativeHarm: 1 }, accuracySums(5000, 1000), accuracySums(5000, 1000))?.state).toBe('CLEARED');
});

it('holds where both arms are alike', () => {
  expect(judge(errorRate, accuracySums(500, 25), accuracySums(500, 25))?.state).toBe('HOLDING');
});

it('is crossed by latencies five times as long within a hundred units', () => {
  const random = minstd(7);
  const latencies = (mean: number) => Array.from({ length: 50 }, () => [mean * (0.5 + random()), 1] as const);
  const control = sumsOver(latencies(10));
  expect(judge(latency, control, sumsOver(latencies(50)))?.state).toBe('CROSSED');
  expect(judge(latency, control, sumsOver(latencies(10)))?.state).not.toBe('CROSSED');
});

it('shares alpha out among guardrails and treatments', () => {
  const arm = (key: string, isControl: boolean) => ({
    variant: { key, name: key, version: '1', weight: 1 / 3, isControl },
    sums: anArm(key, 100, { error_rate: accuracySums(100, 5), latency_ms: sumsOver(Array.from({ length: 100 }, (_, ms) => [ms, 1])) }),
  });
  const results = judgeGuardrails([errorRate, latency], builtInMetrics, [arm('control', true), arm('b', false), arm('c', false)], 0.04);
  expect(results.map(({ metric, variant, excessHarm }) => [metric, variant, excessHarm?.level])).toEqual([
    ['error_rate', 'b', 0.99],
    ['error_rate', 'c', 0.99],
    ['latency_ms', 'b', 0.99],
    ['latency_ms', 'c', 0.99],
  ]);
});

it('is seldom crossed when nothing differs, however often one looks', () => {
  const random = minstd(20_261_129);
  const [runs, looks, perLook] = [400, 30, 30];
  let crossed = 0;
  for (let run = 0; run < runs; run++) {
    const failed = [0, 0];
    for (let look = 1; look <= looks; look++) {
      for (const arm of [0, 1]) for (let unit = 0; unit < perLook; unit++) failed[arm] = (failed[arm] as number) + Number(random() < 0.05);
      const [control = 0, treatment = 0] = failed;
      const sums = (count: number) => accuracySums(look * perLook, count);
      if (judge({ ...errorRate, maxRelativeHarm: 0 }, sums(control), sums(treatment))?.state !== 'CROSSED') continue;
      crossed++;
      break;
    }
  }
  expect(crossed / runs).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / runs));
});

import { builtInMetrics, type Metric } from '../../../src/experiments/metric';
import { measureProblems } from '../../../src/experiments/validate-measures';
import { anExperiment } from '../../contract/an-experiment';

const score: Metric = { ...(builtInMetrics.find(({ key }) => key === 'latency_p95_ms') as Metric), key: 'score', direction: 'higher' };

it('lets nobody tolerate all of a quantile for which higher is better', () => {
  const problemsOf = (metric: string, maxRelativeHarm: number) => {
    const guardrails = [{ metric, maxRelativeHarm, action: 'STOP' as const }];
    return measureProblems({ ...anExperiment(), guardrails }, [...builtInMetrics, score]).map(({ field }) => field?.join('.'));
  };
  expect(problemsOf('score', 1)).toEqual(['guardrails.0.maxRelativeHarm']);
  expect([...problemsOf('score', 0.99), ...problemsOf('latency_p95_ms', 4)]).toEqual([]);
});

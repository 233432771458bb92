import { countedUnits } from '../../../src/experiments/counted-units';
import type { Experiment } from '../../../src/experiments/experiment';
import { experimentResults } from '../../../src/experiments/experiment-results';
import { builtInMetrics, type Metric } from '../../../src/experiments/metric';
import { aBandit, phasedSums, type RightOf, revenueMetric } from './a-bandit';

const even: readonly RightOf[] = [
  [250, 150],
  [250, 150],
];
const uneven: readonly RightOf[] = [
  [22, 13],
  [478, 287],
];

function results(phases: readonly (readonly RightOf[])[], more: Partial<Experiment> = {}) {
  const weights = phases.map((arms) => {
    const units = arms.reduce((sum, [count]) => sum + count, 0);
    return arms.map(([count]) => (units === 0 ? 0.5 : count / units));
  });
  const experiment = { ...aBandit(weights), ...more } as Experiment;
  return experimentResults({ experiment, metrics: builtInMetrics, sums: phasedSums(phases), now: new Date(0), ingestLagMs: 0 });
}

describe('units of a bandit that do not count yet', () => {
  const sentence = '500 of 1,000 units with a label do not count yet: phase 1 needs 30 in each variant (control has 22).';

  it('are told by the verdict that waits for them, once', () => {
    const { decision, health, progress } = results([even, uneven]);
    expect(decision).toMatchObject({ action: 'KEEP_RUNNING', reason: expect.stringMatching(/^Accuracy of cnn is 0\.6/) });
    expect(decision.reason.split(sentence)).toHaveLength(2);
    expect([...health.problems, progress.reason].filter((one) => one.includes('do not count'))).toEqual([]);
  });

  it('are not waited for by one that is certain', () => {
    const better: readonly RightOf[] = [
      [1000, 400],
      [1000, 800],
    ];
    const { decision } = results([better, uneven]);
    expect(decision).toMatchObject({ action: 'SHIP', reason: expect.not.stringContaining('do not count') });
  });

  it('are the whole reason where no phase counts: it is not said that nothing varies', () => {
    const { decision } = results([uneven, uneven]);
    expect(decision.reason).toBe(
      '1,000 of 1,000 units with a label do not count yet: phase 0 needs 30 in each variant (control has 22), and so does phase 1.',
    );
  });

  it('are told of the first phase, and how many more there are', () => {
    const { decision } = results([even, uneven, uneven, uneven]);
    expect(decision.reason).toContain('1,500 of 2,000 units with a label');
    expect(decision.reason).toContain('phase 1 needs 30 in each variant (control has 22), and so do 2 later ones.');
  });

  it('will not count any more once it is over', () => {
    const stopped = { status: 'STOPPED', stoppedAt: new Date(1), shippedVariant: null } as const;
    expect(results([even, uneven], stopped).decision.reason).toContain('units with a label do not count: phase 1');
  });

  it('are none where every phase counts, where there are no units, and of another kind', () => {
    for (const reason of [
      results([even, even]).decision.reason,
      results([
        [...even],
        [
          [0, 0],
          [0, 0],
        ],
      ]).decision.reason,
      results([even, uneven], { kind: 'AB', bandit: null }).decision.reason,
    ])
      expect(reason).not.toContain('do not count');
  });
});

describe('countedUnits', () => {
  const builtIn = (key: string) => builtInMetrics.find((metric) => metric.key === key) as Metric;

  it.each<[Metric, Experiment['kind'], string]>([
    [builtIn('accuracy'), 'AB', 'units with a label'],
    [builtIn('log_loss'), 'BANDIT', 'units with a label'],
    [builtIn('error_rate'), 'AB', 'units'],
    [builtIn('latency_p95_ms'), 'AB', 'units with an answer'],
    [builtIn('accuracy'), 'SHADOW', 'units with a label that both versions answered'],
    [builtIn('agreement'), 'SHADOW', 'units that both versions answered'],
    [revenueMetric, 'AB', 'units'],
    [{ ...revenueMetric, maturityMs: 1000 }, 'ROLLOUT', 'units that are old enough'],
    [{ ...revenueMetric, kind: 'ratio' }, 'AB', 'units with a denominator'],
    [{ ...revenueMetric, kind: 'quantile', quantile: 0.5, maturityMs: 1 }, 'AB', 'units with a value that are old enough'],
  ])('names what counts: %#', (metric, kind, expected) => {
    expect(countedUnits(metric, kind)).toBe(expected);
  });
});

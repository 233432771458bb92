import {
  type Experiment,
  type ExperimentEvent,
  type ExperimentPlan,
  type ExperimentState,
  noCuped,
} from '../../src/experiments/experiment';

const plan: ExperimentPlan = {
  key: 'digits-1-vs-3',
  name: 'Linear or CNN',
  hypothesis: 'The CNN reads more digits – «ü» included.',
  model: 'digits',
  kind: 'AB',
  variants: [
    { key: 'control', name: 'Linear', version: '1', weight: 0.5, isControl: true },
    { key: 'cnn', name: 'CNN', version: '3', weight: 0.5, isControl: false },
  ],
  coverage: 0.1 + 0.2,
  rollout: null,
  bandit: null,
  targeting: { country: { $in: ['DE', 'CH'] }, age: { $gte: 18 } },
  namespaces: [],
  holdout: null,
  prerequisites: [],
  hashAttribute: null,
  forced: {},
  seed: 'seed',
  hashVersion: 2,
  primaryMetric: 'accuracy',
  secondaryMetrics: ['latency_ms', 'confidence'],
  guardrails: [{ metric: 'error_rate', maxRelativeHarm: 0.1, action: 'STOP' }],
  segments: ['country'],
  analysis: { ...noCuped, method: 'ALWAYS_VALID', alpha: 0.05, minimumDetectableEffect: null, nonInferiorityMargin: null },
  createdAt: new Date('2026-03-01T12:00:00.123Z'),
};

const states: Readonly<Record<ExperimentState['status'], ExperimentState>> = {
  DRAFT: { status: 'DRAFT' },
  RUNNING: { status: 'RUNNING', startedAt: new Date('2026-03-02T00:00:00.001Z'), progress: null },
  PAUSED: { status: 'PAUSED', startedAt: new Date('2026-03-02T00:00:00.001Z'), pausedAt: new Date('2026-03-03T00:00:00Z'), progress: null },
  STOPPED: {
    status: 'STOPPED',
    startedAt: new Date('2026-03-02T00:00:00.001Z'),
    stoppedAt: new Date('2026-03-04T00:00:00Z'),
    shippedVariant: 'cnn',
  },
};

/** A complete experiment; the status brings its own times with it. */
export function anExperiment(
  more: Partial<ExperimentPlan> & { readonly revision?: number; readonly status?: ExperimentState['status'] } = {},
): Experiment {
  const { revision = 1, status = 'DRAFT', ...changes } = more;
  return { ...plan, ...changes, revision, ...states[status] } as Experiment;
}

export function anExperimentEvent(more: Partial<ExperimentEvent> = {}): ExperimentEvent {
  return { at: new Date('2026-03-01T12:00:00.456Z'), actor: 'ada', action: 'CREATED', reason: null, detail: null, ...more };
}

import type { Experiment } from '../../../src/experiments/experiment';
import type { ExperimentResults } from '../../../src/experiments/experiment-results';
import type { GuardrailState } from '../../../src/experiments/guardrail';
import { anExperiment } from '../../contract/an-experiment';

const steps = [
  { share: 0.05, minDurationMs: 60_000, minUnits: 100 },
  { share: 0.5, minDurationMs: 0, minUnits: 0 },
];

/** Running since 2026-03-02T00:00, in its first step unless told otherwise. */
export function aRollout({ step = 0, revision = 1 }: { readonly step?: number; readonly revision?: number } = {}): Experiment {
  const startedAt = new Date('2026-03-02T00:00:00Z');
  return {
    ...anExperiment({ revision }),
    kind: 'ROLLOUT',
    coverage: 0.1,
    rollout: { steps },
    bandit: null,
    status: 'RUNNING',
    startedAt,
    progress: { step, stepStartedAt: startedAt },
  };
}

/** Results of 500 units an arm, with two guardrails that stop. */
export function resultsOf({
  action = 'KEEP_RUNNING' as ExperimentResults['decision']['action'],
  guardrail = 'HOLDING' as GuardrailState,
  primaryGuardrail = 'CLEARED' as GuardrailState,
  units = 500,
  primaryUnits = 500,
} = {}): ExperimentResults {
  const variants = ['control', 'cnn'].map((variant) => ({ variant, units: primaryUnits }));
  const counts = variants.map(({ variant }) => ({ variant, units }));
  return {
    health: { sampleRatioMismatch: { pValue: 1, mismatch: false, observed: counts, expected: counts } },
    metrics: [{ metric: 'accuracy', role: 'PRIMARY', variants }],
    guardrails: [
      { metric: 'error_rate', maxRelativeHarm: 0.1, action: 'STOP', variant: 'cnn', state: guardrail },
      { metric: 'accuracy', maxRelativeHarm: 0.05, action: 'STOP', variant: 'cnn', state: primaryGuardrail },
    ],
    decision: { action, variant: null, reason: 'The reason.' },
  } as unknown as ExperimentResults;
}

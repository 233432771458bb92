import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Guardrail } from '../../src/experiments/guardrail';
import type { CrossingRule } from './first-crossing';

/** The model that a rollout is about: version 1 serves, version 2 is the same and slower. */
export const rolledOutModel = 'paced';
export const remoteModels = Object.freeze({ '1': 'fast', '2': 'slow' });

/** @param url a server of the Open Inference Protocol that has both remote models */
export function layOutModel(modelsDir: string, url: string): void {
  for (const [version, model] of Object.entries(remoteModels)) {
    const folder = join(modelsDir, rolledOutModel, version);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'model.json'), JSON.stringify({ task: 'regression', champion: version === '1', remote: { url, model } }));
  }
}

const variants = [
  { key: 'now', version: '1' },
  { key: 'next', version: '2' },
];
const latencyGuardrail: Guardrail = { metric: 'latency_ms', maxRelativeHarm: 0.5, action: 'STOP' };
/** A rollout watches its primary metric too. */
const primaryGuardrail: Guardrail = { metric: 'error_rate', maxRelativeHarm: 0.05, action: 'STOP' };

/** Half of all units from the first moment on, for an hour: only the guardrail can end it sooner. */
export function slowRollout(key: string) {
  return {
    key,
    kind: 'ROLLOUT',
    model: rolledOutModel,
    variants,
    primaryMetric: primaryGuardrail.metric,
    guardrails: [latencyGuardrail],
    rollout: { steps: [{ share: 0.5, minDurationMs: 3_600_000, minUnits: 1_000_000 }] },
  };
}

/** What the server judges it by. */
export const crossingRule: CrossingRule = Object.freeze({
  variants: variants.map((variant, index) => ({ ...variant, name: variant.key, weight: 0.5, isControl: index === 0 })),
  guardrails: [latencyGuardrail, primaryGuardrail],
  alpha: 0.05,
});

import type { BanditPhase, BanditPlan } from '../../../src/experiments/bandit';
import type { Experiment } from '../../../src/experiments/experiment';
import type { Metric } from '../../../src/experiments/metric';
import { totalOfPhases } from '../../../src/experiments/phase-sums';
import type { ExperimentSums, PhaseSums, VariantSums } from '../../../src/experiments/result-sums';
import { anExperiment } from '../../contract/an-experiment';
import { accuracySums, anArm } from './unit-sums';

export const aBanditPlan: BanditPlan = { algorithm: 'THOMPSON', updateEveryMs: 60_000, minWeight: 0.05, minUnitsPerVariant: 100 };
export const banditStart = new Date('2026-03-02T00:00:00Z');

/** Of two variants unless there are more weights. @param weights those of each phase; a phase a minute. */
export function aBandit(
  weights: readonly (readonly number[])[] = [[0.5, 0.5]],
  more: { readonly bandit?: BanditPlan; readonly revision?: number; readonly hashVersion?: 2 | 3; readonly coverage?: number } = {},
): Experiment {
  const phases = weights.map((one, index): BanditPhase => {
    return { index, startedAt: new Date(banditStart.getTime() + 60_000 * index), weights: one };
  });
  const variants = (weights.at(-1) ?? []).map((weight, index) => {
    const [key, version] = index === 0 ? ['control', '1'] : index === 1 ? ['cnn', '3'] : [`variant-${index}`, '2'];
    return { key, name: key, version, weight, isControl: index === 0 };
  });
  const plan = {
    ...({ kind: 'BANDIT', rollout: null, bandit: aBanditPlan } as const),
    coverage: 1,
    targeting: null,
    guardrails: [],
    segments: [],
    secondaryMetrics: [],
  };
  return { ...anExperiment(), ...plan, ...more, variants, status: 'RUNNING', startedAt: banditStart, progress: null, phases };
}

/** What units of one arm did in one phase: how many there were and how many of them were right. */
export type RightOf = readonly [units: number, right: number];

/** The sums of a bandit, by phase and by arm. */
export function phasedSums(phases: readonly (readonly RightOf[])[], keys = ['control', 'cnn']): ExperimentSums {
  const all = phases.map((arms, phase): PhaseSums => {
    const toArm = ([units, right]: RightOf, index: number): VariantSums =>
      anArm(keys[index] as string, units, { accuracy: accuracySums(units, right) });
    return { phase, variants: arms.map(toArm) };
  });
  return { variants: totalOfPhases(all), phases: all, multipleExposures: 0, unmatched: 0 };
}

export const revenueMetric: Metric = {
  key: 'revenue',
  name: 'Revenue',
  description: '',
  kind: 'mean',
  direction: 'higher',
  cap: null,
  conversionWindowMs: null,
  maturityMs: 0,
  isBuiltIn: false,
  quantile: null,
};

import { anytimeDifference } from '../statistics/anytime-difference';
import { armVaries } from './arm-varies';
import { computable } from './computable';
import { type CovariateSums, noCovariateSums } from './covariate-sums';
import type { Experiment } from './experiment';
import type { Arm } from './experiment-health';
import type { PreExperimentBias } from './measured-health';
import type { Metric } from './metric';
import { leastUnits } from './metric-result';
import { type Observation, observeArm, unitsOf } from './observe-arm';
import { ownEntry } from './own-entry';
import { type MetricSums, noSums, type VariantSums } from './result-sums';

/** As for the split: what is this unlikely is a fault somewhere. Shared among all tests, over all looks. */
const flaggedBelow = 0.001;

/** Every metric that has covariates from before, by treatment; those that can be tested so far. */
export function preExperimentBias(
  { analysis, primaryMetric, secondaryMetrics, guardrails }: Experiment,
  metrics: readonly Metric[],
  arms: readonly Arm[],
): readonly PreExperimentBias[] {
  const keys = new Set([primaryMetric, ...secondaryMetrics, ...guardrails.map(({ metric }) => metric)]);
  const known = [...keys].flatMap((key) => metrics.find((metric) => metric.key === key) ?? []);
  const tested = analysis.cuped ? known.filter(({ isBuiltIn }) => !isBuiltIn) : [];
  const [control, treatments] = [arms.find(({ variant }) => variant.isControl), arms.filter(({ variant }) => !variant.isControl)];
  if (!control) return [];
  const alpha = flaggedBelow / (tested.length * treatments.length);
  return tested.flatMap((metric) => {
    const base = observeBefore(metric, control.sums);
    return treatments.flatMap(({ variant, sums }) => {
      const test = testBias(base, observeBefore(metric, sums), alpha);
      return test ? [{ metric: metric.key, variant: variant.key, ...test }] : [];
    });
  });
}

/** A warning in a sentence. */
export function describeBias({ variant, imbalance, pValue }: PreExperimentBias, name: string): string {
  const share = imbalance === null ? '' : ` by ${Number((100 * Math.abs(imbalance)).toPrecision(3))}% of the control`;
  return `${name} of ${variant} differed from the control${share} before the experiment met the units (p = ${Number(pValue.toPrecision(3))}), which chance hardly does. Find out how units were assigned.`;
}

function testBias(control: Observation, treatment: Observation, alpha: number): Omit<PreExperimentBias, 'metric' | 'variant'> | null {
  const [base, own] = [control.estimate, treatment.estimate];
  if (!base || !own || Math.min(control.units, treatment.units) < leastUnits) return null;
  if (!armVaries(base) && !armVaries(own)) return null;
  const look = computable(() => anytimeDifference(base, own, { alpha }));
  if (look === null) return null;
  const { pValue } = look;
  return { pValue, imbalance: base.mean === 0 ? null : (own.mean - base.mean) / Math.abs(base.mean), flagged: pValue < alpha };
}

/** The covariate looked at as if it were the metric. */
function observeBefore(metric: Metric, sums: VariantSums): Observation {
  const covariates = ownEntry(sums.covariates ?? {}, metric.key) ?? noCovariateSums;
  return observeArm(metric, { ...sums, metrics: { [metric.key]: { ...asMetricSums(covariates), units: unitsOf(metric, sums) } } });
}

/** Of a ratio over all exposed units, as in the adjustment; those without anything from before add zeros. */
function asMetricSums({ x, e, xx, ee, xe, xxx, xxe, xee, eee }: CovariateSums): MetricSums {
  return {
    ...noSums,
    ...{ numerator: x, denominator: e, numeratorSquared: xx, denominatorSquared: ee, product: xe },
    ...{ numeratorCubed: xxx, numeratorSquaredDenominator: xxe, numeratorDenominatorSquared: xee, denominatorCubed: eee },
  };
}

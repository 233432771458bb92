import type { Experiment } from './experiment';
import type { ExperimentHealth } from './experiment-health';
import type { Metric } from './metric';
import { leastUnits, type MetricResult, type VariantResult } from './metric-result';

export interface Decision {
  readonly action: 'KEEP_RUNNING' | 'SHIP' | 'ROLL_BACK' | 'NO_DIFFERENCE' | 'DO_NOT_TRUST';
  readonly variant: string | null;
  /** In plain words, with the numbers. */
  readonly reason: string;
}

/** The verdict on the primary metric. The split is checked first: when it is broken, no difference between arms means anything. */
export function decide(
  experiment: Experiment,
  metrics: readonly Metric[],
  results: readonly MetricResult[],
  health: ExperimentHealth,
): Decision {
  if (experiment.status === 'DRAFT') return keepRunning('The experiment has not started.');
  if (health.sampleRatioMismatch.mismatch) return doNotTrust(health);
  const metric = metrics.find((one) => one.key === experiment.primaryMetric);
  const primary = results.find((result) => result.role === 'PRIMARY');
  if (!metric || !primary) return keepRunning(`The primary metric "${experiment.primaryMetric}" is not defined any more.`);
  const treatments = primary.variants.filter((variant) => !variant.isControl);
  const isBetter = ({ absoluteLift }: VariantResult) => (absoluteLift?.estimate ?? 0) > 0 === (metric.direction === 'higher');
  const winners = treatments.filter((variant) => variant.significant === true && isBetter(variant)).sort(byGain(metric));
  const [best] = winners;
  if (best)
    return {
      action: 'SHIP',
      variant: best.variant,
      reason: `${describe(metric, best)} It is better than the control, and this holds however often you look.`,
    };
  const control = primary.variants.find((variant) => variant.isControl);
  const [first] = treatments;
  if (first && treatments.every((variant) => variant.significant === true && !isBetter(variant))) {
    return { action: 'ROLL_BACK', variant: control?.variant ?? null, reason: `${describe(metric, first)} It is worse than the control.` };
  }
  return noDifference(experiment, metric, treatments) ?? keepRunning(whyNotYet(metric, primary.variants));
}

function keepRunning(reason: string): Decision {
  return { action: 'KEEP_RUNNING', variant: null, reason };
}

function doNotTrust({ sampleRatioMismatch: { pValue, observed, expected } }: ExperimentHealth): Decision {
  const split = observed
    .map(({ variant, units }, index) => `${variant} ${units} instead of ${show(expected[index]?.units ?? 0)}`)
    .join(', ');
  return {
    action: 'DO_NOT_TRUST',
    variant: null,
    reason: `The units are not split as planned (${split}; p = ${show(pValue ?? 0)}), so the arms cannot be compared. Find out where units get lost.`,
  };
}

function noDifference({ analysis }: Experiment, metric: Metric, treatments: readonly VariantResult[]): Decision | null {
  const smallest = analysis.minimumDetectableEffect;
  if (smallest === null || treatments.length === 0) return null;
  const within = treatments.every(
    ({ relativeLift }) => relativeLift !== null && relativeLift.lower > -smallest && relativeLift.upper < smallest,
  );
  if (!within) return null;
  const bound = `${show(100 * smallest)}%`;
  return {
    action: 'NO_DIFFERENCE',
    variant: null,
    reason: `${metric.name} differs by less than ${bound} of the control, the smallest change that matters.`,
  };
}

function whyNotYet(metric: Metric, variants: readonly VariantResult[]): string {
  const short = variants.filter((variant) => variant.units < leastUnits);
  if (short.length > 0) {
    const counts = short.map(({ variant, units }) => `${variant} has ${units}`).join(', ');
    return `Each variant needs at least ${leastUnits} units with ${metric.name.toLowerCase()} (${counts}).`;
  }
  const treatments = variants.filter((variant) => !variant.isControl);
  if (treatments.some(({ absoluteLift }) => absoluteLift === null))
    return `${metric.name} does not vary yet, so its uncertainty cannot be told.`;
  const leading = [...treatments].sort(byGain(metric))[0] as VariantResult;
  return `${describe(metric, leading)} Zero is still inside the interval.`;
}

function byGain({ direction }: Metric) {
  const gain = ({ absoluteLift }: VariantResult) => (absoluteLift?.estimate ?? 0) * (direction === 'higher' ? 1 : -1);
  return (a: VariantResult, b: VariantResult) => gain(b) - gain(a);
}

function describe(metric: Metric, { variant, mean, absoluteLift, units }: VariantResult): string {
  if (!absoluteLift || mean === null) return `${metric.name} of ${variant} is not known yet.`;
  const { estimate, lower, upper, level } = absoluteLift;
  const sign = estimate > 0 ? '+' : '';
  return `${metric.name} of ${variant} is ${show(mean)}, ${sign}${show(estimate)} against the control (${show(100 * level)}% interval ${show(lower)} to ${show(upper)}; ${units} units).`;
}

function show(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

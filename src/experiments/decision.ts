import type { AnalysisMethod, Experiment } from './experiment';
import type { ExperimentHealth } from './experiment-health';
import type { GuardrailResult } from './guardrail';
import type { Metric } from './metric';
import { leastUnits, type MetricResult, type VariantResult } from './metric-result';

export interface Decision {
  readonly action: 'KEEP_RUNNING' | 'SHIP' | 'ROLL_BACK' | 'NO_DIFFERENCE' | 'DO_NOT_TRUST';
  readonly variant: string | null;
  /** In plain words, with the numbers. */
  readonly reason: string;
}

export interface Evidence {
  readonly experiment: Experiment;
  readonly metrics: readonly Metric[];
  readonly results: readonly MetricResult[];
  readonly guardrails: readonly GuardrailResult[];
  readonly health: ExperimentHealth;
}

/**
 * The verdict. The split is checked first: when it is broken, no difference between arms means anything. Then what must not get worse; then the
 * primary metric, of the variants that are not worse elsewhere.
 */
export function decide({ experiment, metrics, results, guardrails, health }: Evidence): Decision {
  if (experiment.status === 'DRAFT') return keepRunning('The experiment has not started.');
  if (health.sampleRatioMismatch.mismatch) return doNotTrust(health);
  const metric = metrics.find((one) => one.key === experiment.primaryMetric);
  const primary = results.find((result) => result.role === 'PRIMARY');
  if (!metric || !primary) return keepRunning(`The primary metric "${experiment.primaryMetric}" is not defined any more.`);
  // A treatment without weight gets no units, so nothing is waited for there.
  const weightOf = (key: string) => experiment.variants.find((variant) => variant.key === key)?.weight ?? 0;
  const arms = primary.variants.filter(({ variant, isControl }) => isControl || weightOf(variant) > 0);
  const treatments = arms.filter((variant) => !variant.isControl).sort(byGain(metric));
  const crossed = guardrails.filter(({ state }) => state === 'CROSSED');
  const verdict =
    stopAtGuardrail(arms, metrics, crossed) ??
    notPlannedYet(experiment, metric, arms) ??
    ship(experiment, metric, treatments) ??
    rollBack(metric, arms, treatments) ??
    shipAsGood(experiment, metric, treatments) ??
    noDifference(experiment, metric, treatments) ??
    notYet(metric, arms);
  return withWarnings(verdict, metrics, crossed);
}

function keepRunning(reason: string): Decision {
  return { action: 'KEEP_RUNNING', variant: null, reason };
}

function doNotTrust({ sampleRatioMismatch: { pValue, observed, expected } }: ExperimentHealth): Decision {
  const split = observed
    .map(({ variant, units }, index) => `${variant} ${units} instead of ${Math.round(expected[index]?.units ?? 0)}`)
    .join(', ');
  return {
    action: 'DO_NOT_TRUST',
    variant: null,
    reason: `The units are not split as planned (${split}; p = ${show(pValue ?? 0)}), so the arms cannot be compared. Find out where units get lost.`,
  };
}

/** One that stops is enough: the experiment does more harm than its plan allows. */
function stopAtGuardrail(arms: readonly VariantResult[], metrics: readonly Metric[], crossed: readonly GuardrailResult[]): Decision | null {
  const first = crossed.find(({ action }) => action === 'STOP');
  if (!first) return null;
  return {
    action: 'ROLL_BACK',
    variant: arms.find((variant) => variant.isControl)?.variant ?? null,
    reason: `${describeCrossed(metrics, first)} That is a guardrail that stops.`,
  };
}

function withWarnings(verdict: Decision, metrics: readonly Metric[], crossed: readonly GuardrailResult[]): Decision {
  const warnings = crossed.filter(({ action }) => action === 'WARN').map((one) => `Warning: ${describeCrossed(metrics, one)}`);
  return warnings.length === 0 ? verdict : { ...verdict, reason: [verdict.reason, ...warnings].join(' ') };
}

function describeCrossed(metrics: readonly Metric[], { metric, variant, maxRelativeHarm, excessHarm, pValue }: GuardrailResult): string {
  const name = metrics.find(({ key }) => key === metric)?.name ?? metric;
  const howMuch = excessHarm
    ? `by ${show(excessHarm.estimate)} more, at least ${show(excessHarm.lower)} at every look`
    : `p = ${show(pValue ?? 0)}; how much worse is not known yet`;
  return `${name} of ${variant} is worse than the control by more than the ${percent(maxRelativeHarm)} that are tolerated (${howMuch}).`;
}

/** A test with one look decides when it was planned to, and not a unit earlier. */
function notPlannedYet({ analysis }: Experiment, metric: Metric, arms: readonly VariantResult[]): Decision | null {
  if (analysis.method !== 'FIXED_HORIZON') return null;
  const planned = analysis.plannedUnitsPerVariant;
  const short = arms.filter(({ units }) => units < planned).map(({ variant, units }) => `${variant} has ${units}`);
  if (short.length === 0) return null;
  return keepRunning(
    `The plan looks once, at ${planned} units a variant with ${metric.name.toLowerCase()} (${short.join('; ')}). Nothing is decided before.`,
  );
}

const assurances: Readonly<Record<AnalysisMethod, string>> = {
  ALWAYS_VALID: 'It is better than the control, and this holds however often you look.',
  FIXED_HORIZON: 'It is better than the control at the look that was planned; later looks would err more often.',
  BAYESIAN: 'It is better than the control by what is believed now; whoever looks again and again and stops at this errs more often.',
};

/** @param treatments best first */
function ship({ analysis }: Experiment, metric: Metric, treatments: readonly VariantResult[]): Decision | null {
  const best = treatments.find((variant) => variant.significant === true && isBetter(metric, variant));
  if (!best) return null;
  return {
    action: 'SHIP',
    variant: best.variant,
    reason: `${describe(metric, best)} ${assurances[analysis.method]}`,
  };
}

function rollBack(metric: Metric, arms: readonly VariantResult[], treatments: readonly VariantResult[]): Decision | null {
  const [best] = treatments;
  if (!best || !treatments.every((variant) => variant.significant === true && !isBetter(metric, variant))) return null;
  const verdict =
    treatments.length === 1 ? 'It is worse than the control.' : 'This is the best of them, and all are worse than the control.';
  return {
    action: 'ROLL_BACK',
    variant: arms.find((variant) => variant.isControl)?.variant ?? null,
    reason: `${describe(metric, best)} ${verdict}`,
  };
}

/** @param treatments best first */
function shipAsGood(
  { analysis: { nonInferiorityMargin } }: Experiment,
  metric: Metric,
  treatments: readonly VariantResult[],
): Decision | null {
  if (nonInferiorityMargin === null) return null;
  const best = treatments.find((variant) => worstShare(metric, variant) > -nonInferiorityMargin && variant.significant !== null);
  if (!best) return null;
  const verdict = `It is not worse than the control by ${percent(nonInferiorityMargin)} or more, which is all that the plan asks for.`;
  return { action: 'SHIP', variant: best.variant, reason: `${describe(metric, best)} ${verdict}` };
}

/** The least gain that the interval leaves possible, as a share of the control's mean. */
function worstShare({ direction }: Metric, { relativeLift }: VariantResult): number {
  if (relativeLift === null) return Number.NEGATIVE_INFINITY;
  return direction === 'higher' ? relativeLift.lower : -relativeLift.upper;
}

function noDifference({ analysis }: Experiment, metric: Metric, treatments: readonly VariantResult[]): Decision | null {
  const smallest = analysis.minimumDetectableEffect;
  if (smallest === null || treatments.length === 0) return null;
  const within = treatments.every(
    ({ relativeLift }) => relativeLift !== null && relativeLift.lower > -smallest && relativeLift.upper < smallest,
  );
  if (!within) return null;
  const intervals = treatments.map(
    ({ variant, relativeLift }) => `${variant} ${percent(relativeLift?.lower ?? 0)} to ${percent(relativeLift?.upper ?? 0)}`,
  );
  return {
    action: 'NO_DIFFERENCE',
    variant: null,
    reason: `${metric.name} differs by less than ${percent(smallest)} of the control, the smallest change that matters (${intervals.join(', ')}).`,
  };
}

function notYet(metric: Metric, arms: readonly VariantResult[]): Decision {
  const short = arms.filter((variant) => variant.units < leastUnits);
  if (short.length > 0) {
    const counts = short.map(({ variant, units }) => `${variant} has ${units}, ${leastUnits - units} missing`).join('; ');
    return keepRunning(`Each variant needs at least ${leastUnits} units with ${metric.name.toLowerCase()} (${counts}).`);
  }
  const open = arms.filter((variant) => !variant.isControl && variant.significant !== true).sort(byGain(metric));
  if (open.some(({ absoluteLift }) => absoluteLift === null)) {
    if (metric.kind === 'quantile') return keepRunning(`${metric.name} has no interval yet: a quantile so far out takes more units.`);
    return keepRunning(`${metric.name} does not vary between units yet, so nobody can tell how uncertain a difference is.`);
  }
  const [leading] = open;
  if (!leading) return keepRunning(`${metric.name} has no variant that could be compared with the control.`);
  const { absoluteLift, adjustedPValue } = leading;
  const excludesZero = absoluteLift !== null && (absoluteLift.lower > 0 || absoluteLift.upper < 0);
  return keepRunning(
    excludesZero
      ? `${describe(metric, leading)} That is not enough yet with several variants to choose from (corrected p = ${show(adjustedPValue ?? 1)}).`
      : `${describe(metric, leading)} Zero is still inside the interval.`,
  );
}

/** Above 0: better than the control. One that cannot be compared counts as no gain. */
function gainOf({ direction }: Metric, { absoluteLift }: VariantResult): number {
  return (absoluteLift?.estimate ?? 0) * (direction === 'higher' ? 1 : -1);
}

function isBetter(metric: Metric, variant: VariantResult): boolean {
  return gainOf(metric, variant) > 0;
}

/** The best first. */
function byGain(metric: Metric) {
  return (a: VariantResult, b: VariantResult) => gainOf(metric, b) - gainOf(metric, a);
}

function describe(metric: Metric, { variant, mean, absoluteLift, units }: VariantResult): string {
  if (!absoluteLift || mean === null) return `${metric.name} of ${variant} is not known yet.`;
  const { estimate, lower, upper, level } = absoluteLift;
  const sign = estimate > 0 ? '+' : '';
  return `${metric.name} of ${variant} is ${show(mean)}, ${sign}${show(estimate)} against the control (${percent(level)} interval ${show(lower)} to ${show(upper)}; ${units} units).`;
}

function show(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

/** Six digits, so that a level of 99.95% is not rounded to certainty. */
function percent(share: number): string {
  const digits = Math.abs(share) > 0.9 ? 6 : 3;
  return `${Number((100 * share).toPrecision(digits))}%`;
}

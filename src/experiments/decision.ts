import type { AnalysisMethod, Experiment } from './experiment';
import { type ExperimentHealth, mismatchThreshold } from './experiment-health';
import type { GuardrailResult } from './guardrail';
import { labelImbalance } from './health-problems';
import { needsLabels } from './label-coverage-test';
import type { Metric } from './metric';
import { leastUnits, type MetricResult, type VariantResult } from './metric-result';
import { describeBias } from './pre-experiment-bias';
import { sayContradiction, sayContradictionBriefly } from './say-contradiction';
import { describe } from './say-difference';
import { describeCrossed, nameOf } from './say-guardrail';
import { percent, show } from './say-number';
import type { UncountedUnits } from './uncounted-units';

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
  /** Of the primary metric of a bandit. */
  readonly uncounted: UncountedUnits | null;
}

/**
 * The verdict. The split is checked first: when it is broken, no difference between arms means anything. Then what must not get worse; then whether
 * the looks at the primary metric can all be right; then that metric, of the variants that are not worse elsewhere.
 */
export function decide({ experiment, metrics, results, guardrails, health, uncounted }: Evidence): Decision {
  if (experiment.status === 'DRAFT') return keepRunning('The experiment has not started.');
  if (health.sampleRatioMismatch.mismatch) return doNotTrust(health);
  const metric = metrics.find((one) => one.key === experiment.primaryMetric);
  const primary = results.find((result) => result.role === 'PRIMARY');
  if (!metric || !primary) return keepRunning(`The primary metric "${experiment.primaryMetric}" is not defined any more.`);
  // A treatment without weight gets no units, so nothing is waited for there; a shadow needs none.
  const weightOf = (key: string) => experiment.variants.find((variant) => variant.key === key)?.weight ?? 0;
  const isWaitedFor = (key: string) => experiment.kind === 'SHADOW' || weightOf(key) > 0;
  const arms = primary.variants.filter(({ variant, isControl }) => isControl || isWaitedFor(variant));
  const treatments = arms.filter((variant) => !variant.isControl).sort(byGain(metric));
  const crossed = guardrails.filter(({ state }) => state === 'CROSSED');
  const verdict =
    stopAtGuardrail(arms, metrics, crossed) ??
    doNotTrustLooks(experiment, metric, treatments) ??
    notPlannedYet(experiment, metric, arms) ??
    ship(experiment, metric, treatments) ??
    rollBack(metric, arms, treatments) ??
    shipAsGood(experiment, metric, treatments) ??
    noDifference(experiment, metric, treatments) ??
    stillOpen(metric, arms, uncounted);
  const warnings = [
    ...crossed.filter(({ action }) => action === 'WARN').map((one) => describeCrossed(metrics, one)),
    ...(verdict.action === 'DO_NOT_TRUST' ? [] : contradictedElsewhere(metrics, results)),
    ...healthWarnings(metric, metrics, health),
  ];
  return withWarnings(verdict, warnings);
}

function keepRunning(reason: string): Decision {
  return { action: 'KEEP_RUNNING', variant: null, reason };
}

function doNotTrust({ sampleRatioMismatch: { pValue, anytimePValue, observed, expected } }: ExperimentHealth): Decision {
  const split = observed
    .map(({ variant, units }, index) => `${variant} ${units} instead of ${Math.round(expected[index]?.units ?? 0)}`)
    .join(', ');
  return {
    action: 'DO_NOT_TRUST',
    variant: null,
    reason: `The units are not split as planned (${split}; p = ${show(pValue ?? 0)}), so the arms cannot be compared. ${agreement(anytimePValue ?? 1)} Find out where units get lost.`,
  };
}

/** The chi-square is right about one look; one of very many may be wrong. */
function agreement(anytimePValue: number): string {
  return anytimePValue < mismatchThreshold
    ? `A test that holds at every look agrees (p = ${show(anytimePValue)}).`
    : `A test that holds at every look is not sure yet (p = ${show(anytimePValue)}).`;
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

/** After a guardrail that stops: what harms is ended, whether or not its size can be told. */
function doNotTrustLooks({ analysis }: Experiment, metric: Metric, treatments: readonly VariantResult[]): Decision | null {
  for (const { variant, contradictions } of treatments) {
    const found = contradictions.find(({ scale }) => scale === 'ABSOLUTE');
    if (found) return { action: 'DO_NOT_TRUST', variant: null, reason: sayContradiction(metric, variant, found, analysis.alpha) };
  }
  return null;
}

/** What does not decide, but is shown. */
function contradictedElsewhere(metrics: readonly Metric[], results: readonly MetricResult[]): readonly string[] {
  return results.flatMap(({ metric: key, variants }) => {
    const metric = metrics.find((one) => one.key === key);
    return variants.flatMap((variant) => {
      const [first] = variant.contradictions;
      return metric && first ? [sayContradictionBriefly(metric, variant, first)] : [];
    });
  });
}

function withWarnings(verdict: Decision, warnings: readonly string[]): Decision {
  return { ...verdict, reason: [verdict.reason, ...warnings.map((one) => `Warning: ${one}`)].join(' ') };
}

/** What speaks against the numbers without ruling them out. */
function healthWarnings(metric: Metric, metrics: readonly Metric[], health: ExperimentHealth): readonly string[] {
  const biases = health.preExperimentBias.filter(({ flagged }) => flagged).map((one) => describeBias(one, nameOf(metrics, one.metric)));
  return needsLabels(metric) && health.labelCoverageTest.imbalanced ? [...biases, labelImbalance(health)] : biases;
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

/** A bandit whose newest units do not count would else stand still without a word. */
function stillOpen(metric: Metric, arms: readonly VariantResult[], uncounted: UncountedUnits | null): Decision {
  if (!uncounted) return notYet(metric, arms);
  return keepRunning(uncounted.units === uncounted.of ? uncounted.reason : `${notYet(metric, arms).reason} ${uncounted.reason}`);
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
      : `${describe(metric, leading)} There may still be no difference.`,
  );
}

/**
 * Above 0: better than the control. One that cannot be compared counts as no gain. The estimate of now may lie outside of what all looks together leave;
 * then the nearest that they leave counts.
 */
function gainOf({ direction }: Metric, { absoluteLift }: VariantResult): number {
  if (absoluteLift === null) return 0;
  const { estimate, lower, upper } = absoluteLift;
  return Math.min(Math.max(estimate, lower), upper) * (direction === 'higher' ? 1 : -1);
}

function isBetter(metric: Metric, variant: VariantResult): boolean {
  return gainOf(metric, variant) > 0;
}

/** The best first. */
function byGain(metric: Metric) {
  return (a: VariantResult, b: VariantResult) => gainOf(metric, b) - gainOf(metric, a);
}

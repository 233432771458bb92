import type { ShapedArm } from '../statistics/anytime-difference';
import { type ArmPlan, plannedStandardError } from '../statistics/arm-plan';
import { effectiveSampleSize } from '../statistics/effective-sample-size';
import { minimumDetectableEffect } from '../statistics/minimum-detectable-effect';
import { withPooledSpread } from '../statistics/pooled-spread';
import type { PlannedTest } from '../statistics/power';
import { remainingUnits } from '../statistics/remaining-units';
import { leastSpread } from './compare-arms';
import type { Experiment } from './experiment';
import type { Arm } from './experiment-health';
import type { Metric } from './metric';
import { leastUnits } from './metric-result';
import { observeArm } from './observe-arm';
import { tuningSampleSize } from './plan-sample-size';

/** How far an experiment has come with its primary metric. Null: it cannot be said, and `reason` says why. */
export interface ExperimentProgress {
  /** The plan's `minimumDetectableEffect`. */
  readonly targetRelativeEffect: number | null;
  readonly targetPower: number;
  /** The smallest relative change that is found with the target's power, with the units of now; of a plan with one look, with the planned ones. */
  readonly detectableRelativeEffect: number | null;
  /** Probability that a change of the target's size is found, with the same units. */
  readonly power: number | null;
  /** Units still to come, all variants together; 0: there are enough. */
  readonly unitsNeeded: number | null;
  /** On average since the start; null in the first hour. */
  readonly unitsPerDay: number | null;
  readonly daysLeft: number | null;
  readonly estimatedEndAt: Date | null;
  /** In plain words. */
  readonly reason: string;
}

export interface ProgressInput {
  readonly experiment: Experiment;
  /** The primary one; undefined: it is not defined any more. */
  readonly metric: Metric | undefined;
  readonly arms: readonly Arm[];
  /** Of the whole experiment, shared by its treatments here. */
  readonly alpha: number;
  readonly now: Date;
}

const targetPower = 0.8;
const dayMs = 86_400_000;
/** What came in less says nothing about a day. */
const leastRunMs = 3_600_000;
/** Nobody waits for longer. */
const mostDays = 36_500;
/** Larger changes are found like this one, and are too large to compute with. */
const mostEffect = 1e6;

/**
 * Power in progress, for the treatment that has furthest to go: from the observed mean and variance, never from the observed lift, so that reading it does
 * not bend the error rates. A relative change e of the control's mean m has the standard error that the planner gives it, sqrt(s^2 / n (1 + (1 + e)^2)) / |m|
 * with s^2 pooled and n half of the effective sample size, and is found when it is further from 0 than the method's own critical value: that of the
 * confidence sequence at that many units for ALWAYS_VALID, the quantile of the normal distribution for the others (a flat prior's interval excludes 0 just
 * then). alpha is divided by the number of treatments, as for the first step of Holm's correction. A plan with one look needs its planned units, no more and
 * no less. Units that are too young for their metric count as if they never would.
 */
export function experimentProgress(input: ProgressInput): ExperimentProgress {
  const { experiment, arms, now } = input;
  const unitsPerDay = unitsADay(experiment, arms, now);
  const targetRelativeEffect = experiment.analysis.minimumDetectableEffect;
  const open = { targetRelativeEffect, targetPower, unitsPerDay };
  const comparisons = comparisonsOf(input);
  if (typeof comparisons === 'string') return { ...nothing, ...open, reason: comparisons };
  const goals = comparisons.map((comparison) => goalOf(comparison, targetRelativeEffect));
  const detectable = goals.map(({ detectableRelativeEffect }) => detectableRelativeEffect);
  const powers = goals.flatMap(({ power }) => (power === null ? [] : [power]));
  const known = {
    ...open,
    detectableRelativeEffect: detectable.includes(null) ? null : Math.max(...(detectable as number[])),
    power: powers.length === 0 ? null : Math.min(...powers),
  };
  const unitsNeeded = unitsStillNeeded(input, goals);
  return { ...known, unitsNeeded, ...remainingTime({ ...input, ...known, unitsNeeded }) };
}

const nothing = { detectableRelativeEffect: null, power: null, unitsNeeded: null, daysLeft: null, estimatedEndAt: null };

interface Comparison {
  readonly plan: ArmPlan;
  readonly sampleSize: number;
  readonly alpha: number;
  readonly test: PlannedTest;
}

/** One for each treatment that gets units; or the sentence that says why nothing can be said. */
function comparisonsOf({ experiment, metric, arms, alpha }: ProgressInput): readonly Comparison[] | string {
  if (experiment.status === 'DRAFT') return 'The experiment has not started.';
  if (!metric) return `The primary metric "${experiment.primaryMetric}" is not defined any more.`;
  const observed = arms
    .filter(({ variant }) => variant.isControl || variant.weight > 0)
    .map((arm) => ({ isControl: arm.variant.isControl, estimate: observeArm(metric, arm.sums).estimate }));
  const known = observed.flatMap(({ isControl, estimate }) => (estimate && estimate.units >= leastUnits ? [{ isControl, estimate }] : []));
  const control = known.find(({ isControl }) => isControl)?.estimate;
  const treatments = known.filter(({ isControl }) => !isControl);
  if (!control || treatments.length === 0 || known.length < observed.length)
    return `Each variant needs at least ${leastUnits} units before it can be said how far the experiment has come.`;
  if (control.mean === 0) return `${metric.name} of the control is 0, so no change can be a share of it.`;
  const shared = alpha / (arms.length - 1);
  const comparisons = treatments.map(({ estimate }) => comparisonOf(experiment, control, estimate, shared));
  const spreads = comparisons.map(({ plan: { mean, variance } }) => Math.sqrt(variance) / Math.abs(mean));
  if (!spreads.every(Number.isFinite)) return `${metric.name} has values too large to compute with.`;
  return spreads.every((spread) => spread > leastSpread) ? comparisons : `${metric.name} does not vary between units yet.`;
}

/** Two arms as two equal ones that would say as much. */
function comparisonOf({ analysis }: Experiment, control: ShapedArm, treatment: ShapedArm, alpha: number): Comparison {
  const arms = withPooledSpread({ control, treatment });
  const effective = effectiveSampleSize(control.units, treatment.units);
  const squaredError = arms.control.standardError ** 2 + arms.treatment.standardError ** 2;
  const sampleSize = analysis.method === 'FIXED_HORIZON' ? 2 * analysis.plannedUnitsPerVariant : effective;
  const plan = { mean: control.mean, variance: (squaredError * effective) / 4, unitsPerArm: sampleSize / 2 };
  const test: PlannedTest = analysis.method === 'ALWAYS_VALID' ? { kind: 'ALWAYS_VALID', tuningSampleSize } : { kind: 'FIXED_HORIZON' };
  return { plan, sampleSize, alpha, test };
}

interface Goal {
  readonly detectableRelativeEffect: number | null;
  readonly power: number | null;
  /** Units still to come as a multiple of those that are there; null: more than anybody has, or nothing to aim at. */
  readonly growth: number | null;
}

function goalOf({ plan, sampleSize, alpha, test }: Comparison, effect: number | null): Goal {
  const detectableRelativeEffect = minimumDetectableEffect(plan, { alpha, power: targetPower, test });
  if (effect === null) return { detectableRelativeEffect, power: null, growth: null };
  const aimedAt = Math.min(effect, mostEffect);
  const standardError = plannedStandardError(plan, aimedAt);
  // alpha is shared already.
  const { powerNow, growth } = remainingUnits({
    ...{ standardError, units: sampleSize, effect: aimedAt, alpha, test },
    ...{ power: targetPower, arms: 2, goals: 1 },
  });
  return { detectableRelativeEffect, power: powerNow, growth };
}

function unitsStillNeeded({ experiment: { analysis }, metric, arms }: ProgressInput, goals: readonly Goal[]): number | null {
  const exposed = unitsOf(arms);
  if (analysis.method === 'FIXED_HORIZON') {
    const growths = arms.flatMap((arm) => {
      const units = metric ? observeArm(metric, arm.sums).units : 0;
      return arm.variant.isControl || arm.variant.weight > 0 ? [Math.max(0, analysis.plannedUnitsPerVariant / units - 1)] : [];
    });
    return Math.ceil(Math.max(...growths) * exposed);
  }
  const growths = goals.map(({ growth }) => growth);
  return growths.includes(null) ? null : Math.ceil(Math.max(...(growths as number[])) * exposed);
}

function unitsOf(arms: readonly Arm[]): number {
  return arms.reduce((sum, arm) => sum + arm.sums.exposedUnits, 0);
}

/** Null before it started, and until it has run for a while. */
function unitsADay(experiment: Experiment, arms: readonly Arm[], now: Date): number | null {
  if (experiment.status === 'DRAFT') return null;
  const until = experiment.status === 'PAUSED' ? experiment.pausedAt : experiment.status === 'STOPPED' ? experiment.stoppedAt : now;
  const runMs = until.getTime() - experiment.startedAt.getTime();
  return runMs >= leastRunMs ? (unitsOf(arms) * dayMs) / runMs : null;
}

type Remaining = Pick<ExperimentProgress, 'daysLeft' | 'estimatedEndAt' | 'reason'>;

function remainingTime(
  state: ProgressInput & Pick<ExperimentProgress, 'detectableRelativeEffect' | 'power' | 'unitsNeeded' | 'unitsPerDay'>,
): Remaining {
  const { experiment, now, unitsNeeded, unitsPerDay } = state;
  const unknown = (why: string): Remaining => ({ daysLeft: null, estimatedEndAt: null, reason: `${describe(state)} ${why}` });
  if (experiment.status === 'STOPPED') return unknown('The experiment is over.');
  if (experiment.kind === 'ROLLOUT') return unknown('A rollout goes by its steps, not by its power.');
  if (unitsNeeded === null) {
    const { minimumDetectableEffect: effect } = experiment.analysis;
    return unknown(effect === null ? 'The plan names no smallest change that matters, so there is no end to aim at.' : tooMany);
  }
  if (unitsNeeded === 0) return { daysLeft: 0, estimatedEndAt: null, reason: `${describe(state)} There are enough units.` };
  if (unitsPerDay === null || unitsPerDay === 0) return unknown('How many units come in a day is known after an hour.');
  const daysLeft = unitsNeeded / unitsPerDay;
  if (daysLeft > mostDays) return unknown(tooMany);
  const needed = `${unitsNeeded} more units are needed, of which ${Number(unitsPerDay.toPrecision(3))} come in a day.`;
  if (experiment.status === 'PAUSED')
    return {
      daysLeft,
      estimatedEndAt: null,
      reason: `${describe(state)} ${needed} The experiment is paused; the days count from when it goes on.`,
    };
  return { daysLeft, estimatedEndAt: new Date(now.getTime() + daysLeft * dayMs), reason: `${describe(state)} ${needed}` };
}

const tooMany = 'A change that small needs more units than will ever come at this pace.';

function describe({ experiment, detectableRelativeEffect, power }: Parameters<typeof remainingTime>[0]): string {
  const { analysis } = experiment;
  const when = analysis.method === 'FIXED_HORIZON' ? 'At the planned look' : 'With the units of now';
  const { minimumDetectableEffect: effect } = analysis;
  if (power !== null && effect !== null) return `${when} a change of ${percent(effect)} is found with probability ${percent(power)}.`;
  if (detectableRelativeEffect === null) return `${when} no change is found with probability ${percent(targetPower)}.`;
  return `${when} a change of ${percent(detectableRelativeEffect)} is found with probability ${percent(targetPower)}.`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))}%`;
}

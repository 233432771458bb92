import { type ArmPlan, plannedStandardError } from '../statistics/arm-plan';
import { minimumDetectableEffect } from '../statistics/minimum-detectable-effect';
import type { PlannedTest } from '../statistics/power';
import { remainingUnits } from '../statistics/remaining-units';
import type { Experiment } from './experiment';
import type { Arm } from './experiment-health';
import type { Metric } from './metric';
import { observePhases } from './observe-arms';
import type { PairedArm } from './paired-sums';
import { tuningSampleSize } from './plan-sample-size';
import { type ProgressContrast, progressContrasts, unitVariance } from './progress-contrasts';
import { probability, showCount } from './say-number';
import { uncountedUnits } from './uncounted-units';

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
  /** Of a shadow: what it is compared by. */
  readonly pairs?: readonly PairedArm[] | null;
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
 * Power in progress, for the treatment that has furthest to go: from the control's mean m and the standard error SE that its comparison has now, never from
 * the observed lift, so that reading it does not bend the error rates. SE is that of the verdict: of the arms' difference with pooled spreads, of adjusted
 * arms where the plan adjusts them, of the phases of a bandit that count, of the paired difference over units in a shadow (`progressContrasts`). With k times
 * the units it is SE / sqrt(k). A relative change e has the standard error SE / |m| sqrt((1 + (1 + e)^2) / 2), the planner's for two equal arms that would
 * know their difference as well, as if the treatment's spread grew with its mean; a verdict goes by SE itself, so this promises a little too little for a
 * large e. The change is found when it is further from 0 than the method's own critical value: that of the confidence sequence at that many units for
 * ALWAYS_VALID, the quantile of the normal distribution for the others (a flat prior's interval excludes 0 just then). alpha is divided by the number of
 * treatments, as for the first step of Holm's correction. A plan with one look needs its planned units, no more and no less. Units that are too young for
 * their metric count as if they never would; of a bandit, only the phases that count are multiplied.
 */
export function experimentProgress(input: ProgressInput): ExperimentProgress {
  const { experiment, arms, now } = input;
  const unitsPerDay = unitsADay(experiment, arms, now);
  const targetRelativeEffect = experiment.analysis.minimumDetectableEffect;
  const open = { targetRelativeEffect, targetPower, unitsPerDay };
  const contrasts = contrastsOf(input);
  if (typeof contrasts === 'string') return { ...nothing, ...open, reason: contrasts };
  const goals = contrasts.map((contrast) => goalOf(comparisonOf(contrast, input), targetRelativeEffect));
  const detectable = goals.map(({ detectableRelativeEffect }) => detectableRelativeEffect);
  const powers = goals.flatMap(({ power }) => (power === null ? [] : [power]));
  const known = {
    ...open,
    detectableRelativeEffect: detectable.includes(null) ? null : Math.max(...(detectable as number[])),
    power: powers.length === 0 ? null : Math.min(...powers),
  };
  const unitsNeeded = unitsStillNeeded(input, contrasts, goals);
  return { ...known, unitsNeeded, ...remainingTime({ ...input, ...known, unitsNeeded }) };
}

const nothing = { detectableRelativeEffect: null, power: null, unitsNeeded: null, daysLeft: null, estimatedEndAt: null };

interface Comparison {
  readonly plan: ArmPlan;
  readonly sampleSize: number;
  readonly alpha: number;
  readonly test: PlannedTest;
}

/** Or the sentence that says why nothing can be said. */
function contrastsOf({ experiment, metric, arms, pairs = null }: ProgressInput): readonly ProgressContrast[] | string {
  if (experiment.status === 'DRAFT') return 'The experiment has not started.';
  if (!metric) return `The primary metric "${experiment.primaryMetric}" is not defined any more.`;
  return progressContrasts(metric, { experiment, arms, pairs });
}

/** As two equal arms that would say as much. */
function comparisonOf(contrast: ProgressContrast, { experiment, arms, alpha, pairs }: ProgressInput): Comparison {
  const { analysis } = experiment;
  // A unit with a pair is in both arms.
  const planned = analysis.method === 'FIXED_HORIZON' ? analysis.plannedUnitsPerVariant * (pairs ? 1 : 2) : null;
  const sampleSize = planned ?? contrast.sampleSize;
  const plan = { mean: contrast.controlMean, variance: unitVariance(contrast), unitsPerArm: sampleSize / 2 };
  const test: PlannedTest = analysis.method === 'ALWAYS_VALID' ? { kind: 'ALWAYS_VALID', tuningSampleSize } : { kind: 'FIXED_HORIZON' };
  return { plan, sampleSize, alpha: alpha / (arms.length - 1), test };
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

function unitsStillNeeded(input: ProgressInput, contrasts: readonly ProgressContrast[], goals: readonly Goal[]): number | null {
  const { analysis } = input.experiment;
  const growths =
    analysis.method === 'FIXED_HORIZON'
      ? contrasts.map(({ unitsInSmallestArm }) => Math.max(0, analysis.plannedUnitsPerVariant / unitsInSmallestArm - 1))
      : goals.map(({ growth }) => growth);
  return growths.includes(null) ? null : Math.ceil(Math.max(...(growths as number[])) * growingUnits(input));
}

function unitsOf(arms: readonly Arm[]): number {
  return arms.reduce((sum, arm) => sum + arm.sums.exposedUnits, 0);
}

/** Those whose like are needed: of a bandit, in the phases that count. */
function growingUnits({ metric, arms }: ProgressInput): number {
  const phases = metric ? observePhases(metric, arms) : null;
  if (!phases) return unitsOf(arms);
  const inPhase = (index: number) => arms.reduce((sum, arm) => sum + (arm.phases?.[index]?.exposedUnits ?? 0), 0);
  return phases.reduce((sum, { index, counts }) => (counts ? sum + inPhase(index) : sum), 0);
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

function describe({ detectableRelativeEffect, power, ...input }: Parameters<typeof remainingTime>[0]): string {
  const { minimumDetectableEffect: effect } = input.experiment.analysis;
  const when = withWhichUnits(input);
  if (power !== null && effect !== null) return `${when} a change of ${percent(effect)} is found with probability ${probability(power)}.`;
  const change = detectableRelativeEffect === null ? 'no change' : `a change of ${percent(detectableRelativeEffect)}`;
  return `${when} ${change} is found with probability ${probability(targetPower)}.`;
}

function withWhichUnits({ experiment, metric, arms }: ProgressInput): string {
  if (experiment.analysis.method === 'FIXED_HORIZON') return 'At the planned look';
  const left = metric ? uncountedUnits(experiment, metric, arms) : null;
  return left ? `With the ${showCount(left.of - left.units)} of ${showCount(left.of)} units that count` : 'With the units of now';
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))}%`;
}

import { banditWeights } from '../statistics/bandit-weights';
import { withLeastSpread } from '../statistics/excess-harm';
import type { NormalPrior } from '../statistics/posterior';
import type { ArmEstimate } from '../statistics/ratio-of-sums';
import { armVaries } from './arm-varies';
import { type BanditPhase, type BanditPlan, maxPhases } from './bandit';
import { computable } from './computable';
import type { Arm } from './experiment-health';
import { isShare, type Metric } from './metric';
import { leastUnits } from './metric-result';
import { observeArm } from './observe-arm';
import { observeArms } from './observe-arms';
import { noVariantSums } from './phase-sums';

/** What a bandit's results say about its weights. */
export interface BanditStanding {
  /** One a variant, in their order; null: too few units to tell. */
  readonly chancesToBeBest: readonly number[] | null;
  /** What the weights should become; null: what they are will do, or it is too early for others. */
  readonly nextWeights: readonly number[] | null;
}

/** A smaller change is none: each phase costs the analysis its first units. */
const leastChange = 0.01;
/** Weights are whole multiples of 1 / this, the buckets of GrowthBook's hash, so that ranges that are cut again and again still end on buckets. */
const weightSteps = 10_000;
/** So many times the spread of what was seen: as good as flat, whatever the metric's unit. */
const priorWidth = 1000;

const unknown: BanditStanding = Object.freeze({ chancesToBeBest: null, nextWeights: null });

/** @param arms with the sums of each phase. @param metric the primary one. */
export function banditStanding(bandit: BanditPlan, phases: readonly BanditPhase[], metric: Metric, arms: readonly Arm[]): BanditStanding {
  const observed = observeArms(metric, arms).flatMap(({ estimate }) => (estimate ? [estimate] : []));
  const present = phases.at(-1);
  if (!present || observed.length < arms.length) return unknown;
  // What never varied says nothing of how certain it is, unless it is a share.
  if (!isShare(metric) && !observed.every(armVaries)) return unknown;
  const estimates = observed.map((arm) => (isShare(metric) ? withLeastSpread(armVaries(arm) ? arm : { ...arm, standardError: 0 }) : arm));
  return computable(() => standingOf(bandit, phases, present, { metric, arms, estimates })) ?? unknown;
}

interface Observed {
  readonly metric: Metric;
  readonly arms: readonly Arm[];
  readonly estimates: readonly ArmEstimate[];
}

function standingOf(
  bandit: BanditPlan,
  phases: readonly BanditPhase[],
  present: BanditPhase,
  { metric, arms, estimates }: Observed,
): BanditStanding {
  const update = banditWeights(estimates, present.weights, {
    kind: bandit.algorithm,
    lowerIsBetter: metric.direction === 'lower',
    prior: flatPrior(estimates),
    floor: floorOf(bandit, arms.length),
    minimumUnits: bandit.minUnitsPerVariant,
  });
  if (update.kind === 'TOO_FEW_UNITS') return unknown;
  const weights = inWholeSteps(update.weights);
  const isChange = weights.some((weight, arm) => Math.abs(weight - (present.weights[arm] as number)) >= leastChange - 1e-9);
  const mayChange = isChange && phases.length < maxPhases && isOld(metric, arms, present);
  return { chancesToBeBest: update.chancesToBeBest, nextWeights: mayChange ? weights : null };
}

function flatPrior(arms: readonly ArmEstimate[]): NormalPrior {
  const centre = arms.reduce((sum, { mean }) => sum + mean / arms.length, 0);
  const spread = Math.max(...arms.map(({ mean, standardError }) => Math.max(standardError, Math.abs(mean - centre))));
  return { mean: centre, standardDeviation: priorWidth * spread };
}

/** In whole steps too, so that rounding takes no weight below it. */
function floorOf({ minWeight }: BanditPlan, variants: number): number {
  return Math.min(1 / variants, Math.ceil(minWeight * weightSteps - 1e-6) / weightSteps);
}

/** A phase that ended before every arm had the least number of units would never count. Units that are not ripe yet will be. */
function isOld(metric: Metric, arms: readonly Arm[], { index }: BanditPhase): boolean {
  return arms.every(({ variant, phases }) => {
    const sums = phases?.[index] ?? noVariantSums(variant.key);
    return (metric.maturityMs > 0 ? sums.exposedUnits : observeArm(metric, sums).units) >= leastUnits;
  });
}

/**
 * Rounds weights down to whole steps and gives what is left to those that lost most, so that they still sum to 1.
 * @example inWholeSteps([1 / 3, 2 / 3]); // [0.3333, 0.6667]
 */
export function inWholeSteps(weights: readonly number[]): number[] {
  const exact = weights.map((weight) => weight * weightSteps);
  const whole = exact.map((steps) => Math.floor(steps + 1e-6));
  const left = weightSteps - whole.reduce((sum, steps) => sum + steps, 0);
  const losses = exact
    .map((steps, arm) => ({ arm, loss: steps - (whole[arm] as number) }))
    .sort((a, b) => b.loss - a.loss || a.arm - b.arm);
  const topped = new Set(losses.slice(0, left).map(({ arm }) => arm));
  return whole.map((steps, arm) => (steps + Number(topped.has(arm))) / weightSteps);
}

import { normalQuantile } from '../statistics/normal-distribution';
import { offPolicyEvaluation } from '../statistics/off-policy-evaluation';
import { defaultMaxWeight, mergeOffPolicySums, noDecisions, type OffPolicySums } from '../statistics/off-policy-sums';
import { type ArmEstimate, meanOfSums, ratioOfSums } from '../statistics/ratio-of-sums';
import type { LoggedUnits } from './logged-units';
import { leastUnits } from './metric-result';
import { addSums, type MetricSums, noSums } from './result-sums';

export interface ReportEstimate {
  readonly estimate: number;
  readonly standardError: number;
  /** Of one look. */
  readonly lower: number;
  readonly upper: number;
}

/** What a metric would have been under other weights. Null: it cannot be said. */
export interface OffPolicyReport {
  readonly experiment: string;
  readonly metric: string;
  readonly asOf: Date;
  /** Units whose propensity is known. */
  readonly units: number;
  readonly unitsWithoutPropensity: number;
  readonly sampledOneIn: number;
  /** Probability that an interval covers the truth at one look. */
  readonly level: number;
  /** What the metric was under the weights that were in force. */
  readonly logged: ReportEstimate | null;
  /** Inverse propensity score; null for ratios. */
  readonly ips: ReportEstimate | null;
  readonly selfNormalised: ReportEstimate | null;
  /** With the variant's mean as model; null for ratios. */
  readonly doublyRobust: ReportEstimate | null;
  readonly effectiveSampleSize: number;
  readonly largestWeight: number;
  /** 1 when the logged propensities are right, but for chance. */
  readonly meanWeight: number | null;
  readonly warnings: readonly string[];
}

export interface OffPolicyInput {
  readonly experiment: string;
  readonly metric: { readonly key: string; readonly kind: string };
  readonly alpha: number;
  readonly asOf: Date;
  readonly logged: LoggedUnits;
  /** By variant, summing to 1; one that is absent has 0. */
  readonly policy: ReadonlyMap<string, number>;
}

interface KnownGroup {
  readonly variant: string;
  readonly propensity: number;
  readonly sums: MetricSums;
}

/** Below this share of its units an evaluation says little (see `OffPolicyEvaluation`). */
const leastEffectiveShare = 0.1;
/** How many standard errors the mean weight may be from 1. */
const mostWeightErrors = 4;

/** All of it from the sums of a few groups: units of a variant with one propensity have one weight. */
export function offPolicyReport({ experiment, metric, alpha, asOf, logged, policy }: OffPolicyInput): OffPolicyReport {
  const known = logged.groups.filter((group): group is KnownGroup => group.propensity !== null && group.propensity > 0);
  const isRatio = metric.kind === 'ratio';
  const total = known.reduce((sum, group) => addSums(sum, group.sums), noSums);
  const sums = groupedSums(known, policy);
  const evaluation = isRatio ? null : offPolicyEvaluation(sums);
  const z = -normalQuantile(alpha / 2);
  const withInterval = (arm: ArmEstimate | null): ReportEstimate | null => {
    if (arm === null) return null;
    const { mean, standardError } = arm;
    return { estimate: mean, standardError, lower: mean - z * standardError, upper: mean + z * standardError };
  };
  const effectiveSampleSize = sums.weightSquared === 0 ? 0 : sums.weight ** 2 / sums.weightSquared;
  const weight = meanOfSums({ units: sums.decisions, sum: sums.weight, sumOfSquares: sums.weightSquared });
  return {
    ...{ experiment, metric: metric.key, asOf, units: sums.decisions, sampledOneIn: logged.sampledOneIn, level: 1 - alpha },
    unitsWithoutPropensity: logged.groups.reduce((sum, group) => sum + group.sums.units, 0) - sums.decisions,
    logged: withInterval(ratioOfSums(total)),
    ips: withInterval(evaluation?.ips ?? null),
    selfNormalised: withInterval(isRatio ? ratioOfSums(weightedSums(known, policy)) : (evaluation?.selfNormalised ?? null)),
    doublyRobust: withInterval(evaluation?.doublyRobust ?? null),
    effectiveSampleSize,
    largestWeight: sums.largestWeight,
    meanWeight: weight?.mean ?? null,
    warnings: warningsOf(sums.decisions, effectiveSampleSize, weight),
  };
}

function weightOf({ variant, propensity }: KnownGroup, policy: ReadonlyMap<string, number>): number {
  return (policy.get(variant) ?? 0) / propensity;
}

/** Of M and D of each unit times its weight: their ratio is that of the policy. */
function weightedSums(groups: readonly KnownGroup[], policy: ReadonlyMap<string, number>): MetricSums {
  return groups.reduce((sum, group) => {
    const [w, { units, ...one }] = [weightOf(group, policy), group.sums];
    return addSums(sum, {
      units,
      numerator: w * one.numerator,
      denominator: w * one.denominator,
      numeratorSquared: w * w * one.numeratorSquared,
      denominatorSquared: w * w * one.denominatorSquared,
      product: w * w * one.product,
      numeratorCubed: w ** 3 * one.numeratorCubed,
      numeratorSquaredDenominator: w ** 3 * one.numeratorSquaredDenominator,
      numeratorDenominatorSquared: w ** 3 * one.numeratorDenominatorSquared,
      denominatorCubed: w ** 3 * one.denominatorCubed,
    });
  }, noSums);
}

/**
 * The sums that `offPolicySums` has of each unit, added up: of n units with one weight w, r their rewards, every one of them is a polynomial in n, sum(r)
 * and sum(r^2). The model of a variant is its mean, weighed as its propensities ask; it contains the unit's own reward, an error of the order of 1 / n.
 */
export function groupedSums(groups: readonly KnownGroup[], policy: ReadonlyMap<string, number>): OffPolicySums {
  const model = new Map([...policy.keys()].map((variant) => [variant, meanReward(groups, variant)]));
  const expected = [...policy].reduce((sum, [variant, share]) => sum + share * (model.get(variant) ?? 0), 0);
  return groups
    .map((group) => sumsOfGroup(group, weightOf(group, policy), expected, model.get(group.variant) ?? 0))
    .reduce(mergeOffPolicySums, noDecisions);
}

/** Where a variant had several propensities its units count as much as those who would have got it. */
function meanReward(groups: readonly KnownGroup[], variant: string): number {
  const own = groups.filter((group) => group.variant === variant);
  const mass = own.reduce((sum, { sums, propensity }) => sum + sums.units / propensity, 0);
  return mass === 0 ? 0 : own.reduce((sum, { sums, propensity }) => sum + sums.numerator / propensity, 0) / mass;
}

function sumsOfGroup({ sums }: KnownGroup, w: number, expected: number, model: number): OffPolicySums {
  const { units: n, numerator: r, numeratorSquared: rr } = sums;
  const clipped = Math.min(w, defaultMaxWeight);
  const constant = expected - w * model;
  return {
    decisions: n,
    weight: n * w,
    weightSquared: n * w * w,
    weightedReward: w * r,
    weightedRewardSquared: w * w * rr,
    squaredWeightReward: w * w * r,
    clippedReward: clipped * r,
    clippedRewardSquared: clipped * clipped * rr,
    modelledReward: n * expected,
    robustReward: n * constant + w * r,
    robustRewardSquared: n * constant * constant + 2 * constant * w * r + w * w * rr,
    largestWeight: n > 0 ? w : 0,
  };
}

function warningsOf(units: number, effective: number, weight: ArmEstimate | null): readonly string[] {
  const worth = Math.round(effective);
  const isFar = weight !== null && Math.abs(weight.mean - 1) > mostWeightErrors * weight.standardError + 1e-9;
  return [
    ...(effective < leastUnits
      ? [`The units are worth ${worth} under these weights; with fewer than ${leastUnits} the intervals promise nothing.`]
      : []),
    ...(effective < leastEffectiveShare * units
      ? [`The ${units} units are worth only ${worth} under these weights, less than a tenth: do not decide by this.`]
      : []),
    ...(isFar
      ? [
          `The weights have the mean ${Number(weight.mean.toPrecision(3))} in place of 1, so the logged propensities are not those that were in force.`,
        ]
      : []),
  ];
}

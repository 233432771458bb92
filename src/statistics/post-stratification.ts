import type { LiftEstimate } from './lift';
import type { RatioVariable } from './linearised-moments';
import { mergeSparseStrata, type Stratum } from './sparse-strata';
import { type StratumEffect, stratumEffect } from './stratum-effect';

export interface PostStratificationPlan {
  readonly metric: RatioVariable;
  /** Positions of covariates known before the experiment; may be empty. */
  readonly covariates: readonly number[];
}

export interface PostStratifiedLift {
  readonly absolute: LiftEstimate;
  /** Null when the control's mean is 0. */
  readonly relative: LiftEstimate | null;
  /** In both arms. */
  readonly units: number;
  /** Strata that the estimate rests on, after those with too few units were merged into the largest. */
  readonly strata: number;
}

/**
 * The lift of two arms as the average over strata of the lift within each: what the arms differ in by chance between strata (countries,
 * devices, tenants) no longer adds to the error. Strata must be known before the treatment acts.
 *
 * Each stratum k gives the means of the control and the differences, a_k, with the covariance V_k / n_k (`stratumEffect`). They are
 * averaged with nu_k = n_k / n, the share of all units, whose chance is multinomial: Cov = sum of nu_k V_k / n + A' (diag(nu) - nu nu') A /
 * n. Lifts and their standard errors follow by the delta method. Source: Miratrix, Sekhon, Yu, Adjusting treatment effect estimates by
 * post-stratification (JRSS B 75, 2013), in the form of GrowthBook's gbstats (MIT, `frequentist/post_strat.py`).
 *
 * @returns null when no stratum can be estimated: fewer than two units in an arm after merging, or denominators that do not sum above 0.
 * @throws RangeError without strata, when the arms' variables differ, or a position is not in the matrices.
 * @example postStratifiedLift([{ control, treatment }], { metric: { numerator: 1, denominator: 0 }, covariates: [] })?.absolute.estimate;
 */
export function postStratifiedLift(strata: readonly Stratum[], plan: PostStratificationPlan): PostStratifiedLift | null {
  const isRatio = plan.metric.denominator !== 0;
  const outcomes = isRatio ? [plan.metric.numerator, plan.metric.denominator] : [plan.metric.numerator];
  const merged = mergeSparseStrata(strata, outcomes, plan.covariates);
  const effects = merged.map((stratum) => stratumEffect(stratum, outcomes, plan.covariates));
  if (!effects.every((effect) => effect !== null)) return null;
  const { means, covariance, units } = averaged(effects);
  const lifts = isRatio ? ratioLifts(means) : meanLifts(means);
  if (lifts === null) return null;
  const estimateOf = ({ value, gradient }: Lift): LiftEstimate => ({
    estimate: value,
    standardError: Math.sqrt(Math.max(0, quadraticForm(covariance, gradient))),
  });
  const relative = lifts.relative === null ? null : estimateOf(lifts.relative);
  return { absolute: estimateOf(lifts.absolute), relative, units, strata: merged.length };
}

interface Lift {
  readonly value: number;
  /** By the averaged means, in their order. */
  readonly gradient: readonly number[];
}

interface Lifts {
  readonly absolute: Lift;
  readonly relative: Lift | null;
}

function averaged(effects: readonly StratumEffect[]) {
  const units = effects.reduce((sum, effect) => sum + effect.units, 0);
  const sumOver = (value: (effect: StratumEffect) => number) =>
    effects.reduce((sum, effect) => sum + (effect.units / units) * value(effect), 0);
  const positions = (effects[0] as StratumEffect).means.map((_, i) => i);
  const means = positions.map((i) => sumOver((effect) => effect.means[i] as number));
  const covariance = positions.map((i) =>
    positions.map((j) => {
      const within = sumOver((effect) => (effect.covariancePerUnit[i] as readonly number[])[j] as number);
      const deviation = (effect: StratumEffect, at: number) => (effect.means[at] as number) - (means[at] as number);
      const between = sumOver((effect) => deviation(effect, i) * deviation(effect, j));
      return (within + between) / units;
    }),
  );
  return { means, covariance, units };
}

/** Of (control mean, difference). */
function meanLifts(means: readonly number[]): Lifts {
  const [control, difference] = means as [number, number];
  const base = Math.abs(control);
  const relative = base === 0 ? null : { value: difference / base, gradient: [-difference / (control * base), 1 / base] };
  return { absolute: { value: difference, gradient: [0, 1] }, relative };
}

/** Of (control numerator, control denominator, and their differences). */
function ratioLifts(means: readonly number[]): Lifts | null {
  const [m, d, dm, dd] = means as [number, number, number, number];
  if (!(d > 0 && d + dd > 0)) return null;
  const [control, treatment] = [m / d, (m + dm) / (d + dd)];
  const byTreatment = [1 / (d + dd), -treatment / (d + dd)] as const;
  const byControl = [1 / d, -control / d] as const;
  const lift = (scale: number, base: number): Lift => ({
    value: (treatment - control) * scale,
    gradient: [
      (byTreatment[0] - base * byControl[0]) * scale,
      (byTreatment[1] - base * byControl[1]) * scale,
      byTreatment[0] * scale,
      byTreatment[1] * scale,
    ],
  });
  // (t - c) / |c| has the derivatives 1 / |c| by t and -(t / c) / |c| by c.
  return { absolute: lift(1, 1), relative: control === 0 ? null : lift(1 / Math.abs(control), treatment / control) };
}

function quadraticForm(matrix: readonly (readonly number[])[], vector: readonly number[]): number {
  return matrix.reduce(
    (sum, row, i) => sum + (vector[i] as number) * row.reduce((inner, entry, j) => inner + entry * (vector[j] as number), 0),
    0,
  );
}

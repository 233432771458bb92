import type { ShapedArm } from '../statistics/anytime-difference';
import { MomentMatrix } from '../statistics/moment-matrix';
import { type ArmMoments, onUnits, type ShapedAdjustedArm, type ShapedAdjustment, shapedCuped } from '../statistics/shaped-cuped';
import { armVaries } from './arm-varies';
import { computable } from './computable';
import { noCovariateSums } from './covariate-sums';
import type { AnalysisPlan, Variant } from './experiment';
import type { Arm } from './experiment-health';
import type { Metric } from './metric';
import { type CupedResult, leastUnits } from './metric-result';
import { type Observation, unitsOf } from './observe-arm';
import { observeArms } from './observe-arms';
import { ownEntry } from './own-entry';
import { scoredMetrics } from './paired-facts';
import { noSums } from './result-sums';
import { sumOfProduct } from './sum-of-product';

export type CupedPlan = Pick<AnalysisPlan, 'cuped' | 'cupedLookbackMs' | 'controlScore'>;

export interface ArmEstimates extends Observation {
  readonly variant: Variant;
  /** What is compared with the other arms: the adjusted estimate where there is one, else as `estimate`. */
  readonly compared: ShapedArm | null;
  /** Null: not adjusted. */
  readonly adjustedMean: number | null;
}

export interface MetricEstimates {
  /** In the order of the input. */
  readonly arms: readonly ArmEstimates[];
  /** Null: the plan does not ask for it. */
  readonly cuped: CupedResult | null;
}

/**
 * What each arm has of a metric, and what of it can be compared. With CUPED all arms that have enough units are adjusted by one coefficient, so that
 * their differences stay unbiased; where that cannot be, none is.
 */
export function estimateArms(metric: Metric, arms: readonly Arm[], plan: CupedPlan): MetricEstimates {
  const byPhase = observeArms(metric, arms);
  const observed = arms.map((arm, index) => ({ ...arm, ...(byPhase[index] as Observation) }));
  const { cuped, adjusted } = plan.cuped || plan.controlScore ? adjust(metric, observed, plan) : { cuped: null, adjusted: null };
  return {
    cuped,
    arms: observed.map(({ variant, units, mean, estimate }) => {
      const own = adjusted?.get(variant) ?? null;
      return { variant, units, mean, estimate, compared: own ?? estimate, adjustedMean: own?.mean ?? null };
    }),
  };
}

interface Adjustment {
  readonly cuped: CupedResult;
  readonly adjusted: ReadonlyMap<Variant, ShapedAdjustedArm> | null;
}

type ObservedArm = Arm & Observation;

function adjust(metric: Metric, arms: readonly ObservedArm[], plan: CupedPlan): Adjustment {
  const covariate = covariateOf(metric, plan);
  if (covariate === null) return notApplied(null, whyNone(metric));
  const able = arms.filter(({ estimate, units }) => estimate !== null && units >= leastUnits);
  if (able.length < 2 || !able.some(({ variant }) => variant.isControl))
    return notApplied(covariate, `The control and a treatment need ${leastUnits} units each.`);
  const moments = () => able.map((arm) => momentsOf(metric, arm));
  const adjustment = computable(() => ({ found: shapedCuped(moments(), variablesOf(metric)) }));
  if (adjustment === null) return notApplied(covariate, `The values of ${metric.name} are too large or too small to be adjusted.`);
  return adjustment.found ? applied(metric, able, covariate, adjustment.found) : notApplied(covariate, whyNot(metric, covariate, plan));
}

/** Where the covariate foretells all there is, nothing is left that would tell how certain a difference is. */
function applied(
  metric: Metric,
  able: readonly ObservedArm[],
  covariate: CupedResult['covariate'],
  adjustment: ShapedAdjustment,
): Adjustment {
  const { varianceRemoved } = adjustment;
  const adjusted = able.map(({ variant, units }, at) => [variant, onUnits(adjustment.arms[at] as ShapedAdjustedArm, units)] as const);
  if (!adjusted.some(([, arm]) => armVaries(arm)))
    return notApplied(covariate, `It foretells ${metric.name} so well that nothing is left to tell how certain a difference is.`);
  return { cuped: { covariate, varianceRemoved, applied: true, reason: null }, adjusted: new Map(adjusted) };
}

function whyNone({ key, name, isBuiltIn, quantile }: Metric): string {
  if (quantile !== null) return `${name} is a quantile, which has no mean to adjust.`;
  if (!isBuiltIn) return `What foretells ${name} is what units did before; that needs cuped.`;
  const way = scoredMetrics.includes(key) ? ' With controlScore the control foretells it.' : '';
  return `${name} is measured by serving itself, so nothing of it is known from before.${way}`;
}

/** What users do has a past; what serving measures is foretold by the control's own answer to the same input. Null: neither is asked for. */
function covariateOf({ key, isBuiltIn, quantile }: Metric, { cuped, controlScore }: CupedPlan): CupedResult['covariate'] {
  if (quantile !== null) return null;
  if (isBuiltIn) return controlScore && scoredMetrics.includes(key) ? 'CONTROL_SCORE' : null;
  return cuped ? 'PRE_EXPOSURE' : null;
}

function whyNot({ name }: Metric, covariate: CupedResult['covariate'], { cupedLookbackMs }: CupedPlan): string {
  if (covariate === 'CONTROL_SCORE')
    return `${name} of the control's own answers does not vary, or none have come from the other variants' inputs.`;
  const days = Number((cupedLookbackMs / 86_400_000).toPrecision(3));
  return `What the units did in the ${days} days before their first exposure does not vary, or is not known: no earlier outcomes of ${name} came.`;
}

function notApplied(covariate: CupedResult['covariate'], reason: string): Adjustment {
  return { cuped: { covariate, varianceRemoved: null, applied: false, reason }, adjusted: null };
}

/** The letters of `sumOfProduct` by position. Of a mean neither denominator matters: every exposed unit counts. */
const [meanLetters, ratioLetters] = [
  ['', 'm', 'x'],
  ['', 'm', 'd', 'x', 'e'],
];

function variablesOf({ kind }: Metric) {
  return kind === 'ratio'
    ? { metric: { numerator: 1, denominator: 2 }, covariate: { numerator: 3, denominator: 4 } }
    : { metric: { numerator: 1, denominator: 0 }, covariate: { numerator: 2, denominator: 0 } };
}

/**
 * Of a ratio too over all exposed units: whether a unit has a denominator may be the treatment's doing, and covariates of units that were chosen by it
 * would differ between the arms.
 */
function momentsOf(metric: Metric, { sums }: ObservedArm): ArmMoments {
  const letters = metric.kind === 'ratio' ? ratioLetters : meanLetters;
  const own = ownEntry(sums.metrics, metric.key) ?? noSums;
  const covariates = ownEntry(sums.covariates ?? {}, metric.key) ?? noCovariateSums;
  const units = unitsOf(metric, sums);
  // Positions ascend as the letters do.
  const triples = (...positions: number[]) =>
    sumOfProduct(
      units,
      own,
      covariates,
      positions
        .sort((one, other) => one - other)
        .map((position) => letters[position])
        .join(''),
    );
  const packed = letters.flatMap((_, row) => letters.slice(0, row + 1).map((_, column) => triples(column, row, 0)));
  return { moments: MomentMatrix.fromPacked(packed), triples };
}

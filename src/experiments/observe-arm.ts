import type { ShapedArm } from '../statistics/anytime-difference';
import { type BinnedSample, binnedQuantile, binnedQuantileArm, unitsOf } from '../statistics/binned-quantile';
import { meanOfSums, ratioOfSums } from '../statistics/ratio-of-sums';
import type { Metric } from './metric';
import { noSums, type VariantSums } from './result-sums';

export interface Observation {
  readonly units: number;
  /** Of a quantile, its estimate. Null without a unit. */
  readonly mean: number | null;
  /** Null below two units, where no spread can be estimated. */
  readonly estimate: ShapedArm | null;
}

/** A ratio counts the units that have a denominator, a quantile those that have a value; every other metric counts every exposed unit (no outcome: 0). */
export function observeArm(metric: Metric, arm: VariantSums): Observation {
  const { exposedUnits, metrics, ripeUnits } = arm;
  if (metric.quantile !== null) return observeQuantile(metric.quantile, sampleOf(metric, arm));
  const sums = metrics[metric.key] ?? noSums;
  if (metric.kind === 'ratio') {
    return { units: sums.units, mean: sums.denominator > 0 ? sums.numerator / sums.denominator : null, estimate: ratioOfSums(sums) };
  }
  const units = metric.maturityMs > 0 ? (ripeUnits[metric.key] ?? 0) : exposedUnits;
  return {
    units,
    mean: units > 0 ? sums.numerator / units : null,
    estimate: shaped(metric, meanOfSums({ units, sum: sums.numerator, sumOfSquares: sums.numeratorSquared })),
  };
}

function observeQuantile(quantile: number, sample: BinnedSample): Observation {
  return {
    units: unitsOf(sample),
    mean: binnedQuantile(sample, quantile)?.estimate ?? null,
    estimate: binnedQuantileArm(sample, quantile),
  };
}

/** The values of an arm's units. */
export function sampleOf({ key }: Metric, { histograms }: VariantSums): BinnedSample {
  return histograms[key] ?? nothing;
}

const nothing: BinnedSample = Object.freeze({ bins: [], units: [] });

/** Of a proportion the shape is known: a unit is 0 or 1, whose third central moment is m (1 - m) (1 - 2 m). */
function shaped({ kind }: Metric, arm: ShapedArm | null): ShapedArm | null {
  if (kind !== 'proportion' || arm === null) return arm;
  const { mean } = arm;
  return { ...arm, thirdMoment: mean * (1 - mean) * (1 - 2 * mean) };
}

import type { ShapedArm } from '../statistics/anytime-difference';
import { meanOfSums, ratioOfSums } from '../statistics/ratio-of-sums';
import type { Metric } from './metric';
import { noSums, type VariantSums } from './result-sums';

export interface Observation {
  readonly units: number;
  /** Null without a unit. */
  readonly mean: number | null;
  /** Null below two units, where no spread can be estimated. */
  readonly estimate: ShapedArm | null;
}

/** A ratio counts the units that have a denominator; every other metric counts every exposed unit (no outcome: 0). */
export function observeArm(metric: Metric, { exposedUnits, metrics, ripeUnits }: VariantSums): Observation {
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

/** Of a proportion the shape is known: a unit is 0 or 1, whose third central moment is m (1 - m) (1 - 2 m). */
function shaped({ kind }: Metric, arm: ShapedArm | null): ShapedArm | null {
  if (kind !== 'proportion' || arm === null) return arm;
  const { mean } = arm;
  return { ...arm, thirdMoment: mean * (1 - mean) * (1 - 2 * mean) };
}

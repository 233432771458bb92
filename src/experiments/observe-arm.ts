import type { ShapedArm } from '../statistics/anytime-difference';
import { type BinnedSample, binnedQuantile, binnedQuantileArm, unitsOf as unitsIn } from '../statistics/binned-quantile';
import { meanOfSums, ratioOfSums } from '../statistics/ratio-of-sums';
import { thirdCentralMoment, thirdMomentOfRatio } from '../statistics/third-moment';
import { computable } from './computable';
import type { Metric } from './metric';
import { ownEntry } from './own-entry';
import { type MetricSums, noSums, type VariantSums } from './result-sums';

export interface Observation {
  readonly units: number;
  /** Of a quantile, its estimate. Null without a unit. */
  readonly mean: number | null;
  /** Null below two units, where no spread can be estimated. */
  readonly estimate: ShapedArm | null;
}

/** A ratio counts the units that have a denominator, a quantile those that have a value; every other metric counts every exposed unit (no outcome: 0). */
export function observeArm(metric: Metric, arm: VariantSums): Observation {
  if (metric.quantile !== null) return observeQuantile(metric.quantile, sampleOf(metric, arm));
  const sums = ownEntry(arm.metrics, metric.key) ?? noSums;
  if (metric.kind === 'ratio') {
    return {
      units: sums.units,
      mean: sums.denominator > 0 ? sums.numerator / sums.denominator : null,
      estimate: computable(() => shapedRatio(sums)),
    };
  }
  const units = unitsOf(metric, arm);
  return { units, mean: units > 0 ? sums.numerator / units : null, estimate: computable(() => shapedMean(units, sums)) };
}

function observeQuantile(quantile: number, sample: BinnedSample): Observation {
  return {
    units: unitsIn(sample),
    mean: binnedQuantile(sample, quantile)?.estimate ?? null,
    estimate: binnedQuantileArm(sample, quantile),
  };
}

/** The values of an arm's units. */
export function sampleOf({ key }: Metric, { histograms }: VariantSums): BinnedSample {
  return ownEntry(histograms, key) ?? nothing;
}

const nothing: BinnedSample = Object.freeze({ bins: [], units: [] });

/** Exposed units, those that are old enough. */
export function unitsOf({ key, maturityMs }: Metric, { exposedUnits, ripeUnits }: VariantSums): number {
  return maturityMs > 0 ? (ownEntry(ripeUnits, key) ?? 0) : exposedUnits;
}

/** Null below two units. */
function shapedMean(units: number, sums: MetricSums): ShapedArm | null {
  const { numerator: sum, numeratorSquared: sumOfSquares, numeratorCubed: sumOfCubes } = sums;
  const arm = meanOfSums({ units, sum, sumOfSquares });
  return arm && { ...arm, thirdMoment: known(thirdCentralMoment({ units, sum, sumOfSquares, sumOfCubes })) };
}

/** Of a ratio the linearised unit, (M - R D) / mean(D), has a shape. */
function shapedRatio(sums: MetricSums): ShapedArm | null {
  const arm = ratioOfSums(sums);
  return arm && { ...arm, thirdMoment: known(thirdMomentOfRatio(sums)) };
}

/** 0 where the cubes of absurd values are beyond double precision: then nothing is corrected. */
function known(thirdMoment: number): number {
  return Number.isFinite(thirdMoment) ? thirdMoment : 0;
}

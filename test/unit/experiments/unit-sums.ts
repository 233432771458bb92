import {
  addSums,
  type ExperimentSums,
  type MetricSums,
  noSums,
  noTotals,
  sumsDelta,
  type VariantSums,
} from '../../../src/experiments/result-sums';

/** Sums over units, each with its numerator and denominator. */
export function sumsOver(units: readonly (readonly [numerator: number, denominator: number])[]): MetricSums {
  return units.reduce((sums, [numerator, denominator]) => addSums(sums, sumsDelta(noTotals, { numerator, denominator })), noSums);
}

/** `right` of `units` units, one labelled prediction each. */
export function accuracySums(units: number, right: number): MetricSums {
  const squares = { numeratorSquared: right, denominatorSquared: units, product: right };
  const cubes = { numeratorCubed: right, numeratorSquaredDenominator: right, numeratorDenominatorSquared: right, denominatorCubed: units };
  return { units, numerator: right, denominator: units, ...squares, ...cubes };
}

export function anArm(variant: string, exposedUnits: number, metrics: VariantSums['metrics']): VariantSums {
  return { variant, exposedUnits, predictions: exposedUnits, labelledPredictions: exposedUnits, metrics, histograms: {}, ripeUnits: {} };
}

export function experimentSums(...variants: readonly VariantSums[]): ExperimentSums {
  return { variants, multipleExposures: 0, unmatched: 0 };
}

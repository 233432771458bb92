import { ownEntry } from './own-entry';
import { addSums, noSums, type PhaseSums, type VariantSums } from './result-sums';

export function noVariantSums(variant: string): VariantSums {
  return { variant, exposedUnits: 0, predictions: 0, labelledPredictions: 0, metrics: {}, histograms: {}, ripeUnits: {} };
}

/** All phases together, by variant. */
export function totalOfPhases(phases: readonly PhaseSums[]): readonly VariantSums[] {
  const totals = new Map<string, VariantSums>();
  for (const one of phases.flatMap(({ variants }) => variants)) {
    const known = totals.get(one.variant);
    totals.set(one.variant, known ? added(known, one) : one);
  }
  return [...totals.values()].sort((a, b) => (a.variant < b.variant ? -1 : 1));
}

function added(a: VariantSums, b: VariantSums): VariantSums {
  const keys = new Set([...Object.keys(a.metrics), ...Object.keys(b.metrics)]);
  const ripe = new Set([...Object.keys(a.ripeUnits), ...Object.keys(b.ripeUnits)]);
  return {
    variant: a.variant,
    exposedUnits: a.exposedUnits + b.exposedUnits,
    predictions: a.predictions + b.predictions,
    labelledPredictions: a.labelledPredictions + b.labelledPredictions,
    metrics: Object.fromEntries(
      [...keys].map((key) => [key, addSums(ownEntry(a.metrics, key) ?? noSums, ownEntry(b.metrics, key) ?? noSums)]),
    ),
    // Values are kept for all phases together.
    histograms: {},
    ripeUnits: Object.fromEntries([...ripe].map((key) => [key, (ownEntry(a.ripeUnits, key) ?? 0) + (ownEntry(b.ripeUnits, key) ?? 0)])),
  };
}

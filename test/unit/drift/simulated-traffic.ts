import { captureProfile } from '../../../src/drift/capture-profile';
import { compareFeature, type FeatureComparison } from '../../../src/drift/compare-feature';
import { findDistributionDrift } from '../../../src/drift/distribution-drift';
import type { DriftFinding } from '../../../src/drift/drift-finding';
import type { ReferenceRow } from '../../../src/drift/drift-store';
import {
  binCount,
  binIndex,
  confidenceFeature,
  type FeatureReference,
  predictionFeature,
  type ReferenceProfile,
} from '../../../src/drift/reference-profile';

/** Uniform in [0, 1), the same for the same seed on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export interface Traffic {
  /** Number of independent input features, f0, f1 and so on. */
  readonly features: number;
  /** What happens to the values of f0. */
  readonly distort?: (value: number) => number;
}

/** One prediction: standard normal inputs, ten classes, a skewed confidence. */
export function aRow(random: () => number, { features, distort = (value) => value }: Traffic): ReferenceRow {
  const inputFeatures: Record<string, number> = {};
  for (let i = 0; i < features; i++) inputFeatures[`f${i}`] = standardNormal(random);
  inputFeatures.f0 = distort(inputFeatures.f0 ?? 0);
  return { inputFeatures, label: String(Math.floor(random() * 10)), confidence: 1 - 0.3 * random() ** 2, correct: null };
}

export function rowsOf(count: number, random: () => number, traffic: Traffic): ReferenceRow[] {
  return Array.from({ length: count }, () => aRow(random, traffic));
}

export function aProfile(count: number, random: () => number, traffic: Traffic): ReferenceProfile {
  return captureProfile(rowsOf(count, random, traffic), 'simulated');
}

function featureValue({ name }: FeatureReference, row: ReferenceRow): number | string | null {
  if (name === predictionFeature) return row.label;
  return name === confidenceFeature ? row.confidence : (row.inputFeatures[name] ?? null);
}

/** What the ingester counts of these rows. */
export function countsOf(feature: FeatureReference, rows: readonly ReferenceRow[]): number[] {
  const counts = new Array<number>(binCount(feature)).fill(0);
  for (const row of rows) {
    const bin = binIndex(feature, featureValue(feature, row));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** One look at these rows, by the path of the product. */
export function lookAt(profile: ReferenceProfile, rows: readonly ReferenceRow[]): DriftFinding[] {
  const comparisons = profile.features.map((feature) => compareFeature(feature, countsOf(feature, rows)));
  return findDistributionDrift(
    comparisons.filter((one): one is FeatureComparison => one !== null),
    null,
  );
}

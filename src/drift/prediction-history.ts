import { captureProfile } from './capture-profile';
import { compareFeature, type FeatureComparison } from './compare-feature';
import type { ReferenceRow } from './drift-store';
import { binCount, binIndex, predictionFeature } from './reference-profile';

/**
 * Where no reference knows the predictions, the newest `windowRows` answers are compared with the logged ones before them. That sees a jump,
 * not a slow slide: the history moves along. Null when either side has fewer than `minRows`.
 *
 * @param rows newest first
 */
export function comparePredictionHistory(rows: readonly ReferenceRow[], windowRows: number, minRows: number): FeatureComparison | null {
  const current = rows.slice(0, windowRows);
  const history = rows.slice(windowRows);
  if (current.length < minRows || history.length < minRows) return null;
  const feature = captureProfile(history, '').features.find(({ name }) => name === predictionFeature);
  if (!feature) return null;
  const counts = new Array<number>(binCount(feature)).fill(0);
  for (const row of current) {
    const bin = binIndex(feature, row.label ?? row.value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return compareFeature(feature, counts);
}

import { predictionFeatureOf } from './capture-profile';
import { compareFeature, type FeatureComparison } from './compare-feature';
import type { PastAnswer } from './drift-store';
import { binCount, binIndex } from './reference-profile';

/**
 * Where no reference knows the predictions, the newest `windowRows` answers are compared with the logged ones before them. That sees a jump,
 * not a slow slide: the history moves along. Null when either side has fewer than `minRows`.
 *
 * @param answers newest first
 */
export function comparePredictionHistory(answers: readonly PastAnswer[], windowRows: number, minRows: number): FeatureComparison | null {
  const current = answers.slice(0, windowRows);
  const history = answers.slice(windowRows);
  if (current.length < minRows || history.length < minRows) return null;
  const feature = predictionFeatureOf(history);
  if (!feature) return null;
  const counts = new Array<number>(binCount(feature)).fill(0);
  for (const row of current) {
    const bin = binIndex(feature, row.label ?? row.value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return compareFeature(feature, counts);
}

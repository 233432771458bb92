import type { PredictionObserver } from '../prediction/prediction-observer';
import type { LiveStats } from './live-stats';

/** Counts each prediction in the live statistics. */
export function statsObserver(liveStats: LiveStats): PredictionObserver {
  return {
    succeeded: ({ model, version, timing }) => liveStats.recordSucceeded({ model, version, ...timing }),
    failed: (failure) => liveStats.recordFailed(failure),
  };
}

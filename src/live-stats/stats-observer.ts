import type { PredictionObserver, TensorObserver } from '../prediction/prediction-observer';
import type { LiveStats } from './live-stats';

/** Counts each row in the live statistics. */
export function statsObserver(liveStats: LiveStats): PredictionObserver & TensorObserver {
  return {
    succeeded: ({ model, version, timing }) => liveStats.recordSucceeded({ model, version, ...timing }),
    inferred: ({ model, version, rows, timing }) => {
      for (let row = 0; row < rows; row++) liveStats.recordSucceeded({ model, version, ...timing });
    },
    failed: (failure) => liveStats.recordFailed(failure),
  };
}

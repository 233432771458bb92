import type { PredictionObserver, TensorObserver } from '../prediction/prediction-observer';
import type { Metrics } from './metrics';

/** Counts each row in the metrics. */
export function metricsObserver(metrics: Metrics): PredictionObserver & TensorObserver {
  return {
    succeeded: ({ model, version, timing, outcome }, method) => {
      const answer = outcome.status === 'succeeded' ? outcome.answer : null;
      metrics.recordSucceeded({
        method,
        model,
        version,
        ...timing,
        confidence: answer?.kind === 'classification' ? answer.confidence : null,
      });
    },
    inferred: ({ model, version, rows, timing }) => {
      for (let row = 0; row < rows; row++) metrics.recordSucceeded({ ...timing, method: 'infer', model, version, confidence: null });
    },
    failed: (failure) => metrics.recordFailed(failure),
  };
}

import type { PredictionObserver } from '../prediction/prediction-observer';
import type { Metrics } from './metrics';

/** Counts each prediction in the metrics. */
export function metricsObserver(metrics: Metrics): PredictionObserver {
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
    failed: (failure) => metrics.recordFailed(failure),
  };
}

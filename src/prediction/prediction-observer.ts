import type { PredictionEvent } from '../events/event';

/** How the row came in; also the label of the metrics. */
export type PredictionMethod = 'predict' | 'predict_batch';

/** A row that was answered with an error. `model` null: no such model; `version` null: it was refused before a version was chosen. */
export interface FailedPrediction {
  readonly method: PredictionMethod;
  readonly model: string | null;
  readonly version: string | null;
  readonly code: string;
  readonly totalMs: number;
}

/** Port: who wants to know of each prediction (statistics, metrics, live feeds). Called after the answer is certain; must not throw. */
export interface PredictionObserver {
  succeeded(event: PredictionEvent, method: PredictionMethod): void;
  failed(failure: FailedPrediction): void;
}

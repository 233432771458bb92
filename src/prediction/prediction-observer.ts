import type { PredictionEvent, PredictionTiming } from '../events/event';

/** How the row came in; also the label of the metrics. */
export type PredictionMethod = 'predict' | 'predict_batch';
/** `infer`: tensors, over the Open Inference Protocol. */
export type ServingMethod = PredictionMethod | 'infer';

/** A row that was answered with an error. `model` null: no such model; `version` null: it was refused before a version was chosen. */
export interface FailedPrediction {
  readonly method: ServingMethod;
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

/** A request of tensors that was answered. */
export interface InferredTensors {
  readonly model: string;
  readonly version: string;
  readonly rows: number;
  readonly timing: PredictionTiming;
}

/** Port: who counts requests of tensors, too. A refused one is told once, whatever its rows: it may not even have any. */
export interface TensorObserver {
  inferred(tensors: InferredTensors): void;
  failed(failure: FailedPrediction): void;
}

import { AppError } from '../errors';
import type { TensorInference } from '../model-registry/inference-engine';
import type { ServedVersion } from '../model-registry/model-registry';
import type { Tensor } from '../open-inference/tensor';
import type { Caller } from './caller';
import type { TensorObserver } from './prediction-observer';

export interface TensorPredictorOptions {
  readonly observers: readonly TensorObserver[];
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

export interface TensorRequest extends Caller {
  readonly deadlineMs: number | null;
}

/**
 * Runs tensors through a version. What they mean is not known, so they are counted and not recorded: no prediction, no experiment, no drift.
 */
export class TensorPredictor {
  readonly #options: TensorPredictorOptions;

  constructor(options: TensorPredictorOptions) {
    this.#options = options;
  }

  async infer(
    served: ServedVersion,
    inputs: readonly Tensor[],
    { signal, arrivedAtMs, deadlineMs }: TensorRequest,
  ): Promise<TensorInference> {
    const { elapsedMs, observers } = this.#options;
    const { model, version } = served;
    const startedAtMs = arrivedAtMs ?? elapsedMs();
    const deadlineAtMs = deadlineMs === null ? undefined : startedAtMs + deadlineMs;
    try {
      const inference = await served.loaded.inferTensors(inputs, { signal, deadlineAtMs });
      const timing = { ...inference.timing, totalMs: elapsedMs() - startedAtMs };
      for (const observer of observers) observer.inferred({ model, version, rows: inference.rows, timing });
      return inference;
    } catch (error) {
      this.#tellOfFailure(served, error, elapsedMs() - startedAtMs);
      throw error;
    }
  }

  /** Counts a request that never reached a version, and gives its error back. */
  refuse(error: AppError, served: ServedVersion | null): AppError {
    this.#tellOfFailure(served, error, 0);
    return error;
  }

  #tellOfFailure(served: ServedVersion | null, error: unknown, totalMs: number): void {
    const code = error instanceof AppError ? error.code : 'INTERNAL_SERVER_ERROR';
    const failure = { method: 'infer', model: served?.model ?? null, version: served?.version ?? null, code, totalMs } as const;
    for (const observer of this.#options.observers) observer.failed(failure);
  }
}

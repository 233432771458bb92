import type { PredictionTiming } from '../events/event';
import type { FailedPrediction, PredictionObserver, TensorObserver } from '../prediction/prediction-observer';

export interface Tally {
  readonly count: number;
  readonly ms: number;
}

/** What one version did on this replica since its start, by stages. */
export interface VersionStatistics {
  readonly model: string;
  readonly version: string;
  /** Null: it has not answered yet. */
  readonly lastInferenceAt: Date | null;
  readonly rows: number;
  /** Batches; a row is a share of its batch. */
  readonly executions: number;
  readonly succeeded: Tally;
  readonly failed: Tally;
  readonly queue: Tally;
  readonly preprocess: Tally;
  readonly execute: Tally;
  readonly batches: readonly BatchStatistics[];
}

export interface BatchStatistics {
  readonly batchSize: number;
  readonly preprocess: Tally;
  readonly execute: Tally;
}

interface Sums {
  lastInferenceAt: Date | null;
  rows: number;
  requests: number;
  succeededMs: number;
  failures: number;
  failedMs: number;
  queueMs: number;
  preprocessMs: number;
  executeMs: number;
  /** By batch size; rows there, and their times. */
  readonly batches: Map<number, { rows: number; preprocessMs: number; executeMs: number }>;
}

/** Adds up requests by version and stage, as clients of the Open Inference Protocol ask for it. */
export class InferenceStatistics implements TensorObserver, PredictionObserver {
  readonly #now: () => Date;
  readonly #versions = new Map<string, Map<string, Sums>>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  succeeded({ model, version, timing }: { readonly model: string; readonly version: string; readonly timing: PredictionTiming }): void {
    this.inferred({ model, version, rows: 1, timing });
  }

  inferred(done: { readonly model: string; readonly version: string; readonly rows: number; readonly timing: PredictionTiming }): void {
    const { rows, timing } = done;
    const sums = this.#of(done.model, done.version);
    sums.lastInferenceAt = this.#now();
    sums.rows += rows;
    sums.requests++;
    sums.succeededMs += timing.totalMs;
    sums.queueMs += timing.queueMs;
    sums.preprocessMs += timing.preprocessMs;
    sums.executeMs += timing.inferenceMs;
    const batch = sums.batches.get(timing.batchSize) ?? { rows: 0, preprocessMs: 0, executeMs: 0 };
    batch.rows += rows;
    batch.preprocessMs += timing.preprocessMs * rows;
    batch.executeMs += timing.inferenceMs * rows;
    sums.batches.set(timing.batchSize, batch);
  }

  /** What reached no version belongs to none. */
  failed({ model, version, totalMs }: FailedPrediction): void {
    if (model === null || version === null) return;
    const sums = this.#of(model, version);
    sums.failures++;
    sums.failedMs += totalMs;
  }

  of(model: string, version: string): VersionStatistics {
    const sums = this.#versions.get(model)?.get(version) ?? emptySums();
    const batches = [...sums.batches].sort(([a], [b]) => a - b).map(([batchSize, batch]) => batchStatistics(batchSize, batch));
    const stage = (ms: number): Tally => ({ count: sums.requests, ms });
    return {
      model,
      version,
      lastInferenceAt: sums.lastInferenceAt,
      rows: sums.rows,
      executions: batches.reduce((sum, batch) => sum + batch.execute.count, 0),
      succeeded: stage(sums.succeededMs),
      failed: { count: sums.failures, ms: sums.failedMs },
      queue: stage(sums.queueMs),
      preprocess: stage(sums.preprocessMs),
      execute: stage(sums.executeMs),
      batches,
    };
  }

  #of(model: string, version: string): Sums {
    const versions = this.#versions.get(model) ?? new Map<string, Sums>();
    const sums = versions.get(version) ?? emptySums();
    this.#versions.set(model, versions.set(version, sums));
    return sums;
  }
}

/** Each row brought the time of its whole batch. */
function batchStatistics(batchSize: number, { rows, preprocessMs, executeMs }: { rows: number; preprocessMs: number; executeMs: number }) {
  const count = Math.ceil(rows / batchSize);
  return { batchSize, preprocess: { count, ms: preprocessMs / batchSize }, execute: { count, ms: executeMs / batchSize } };
}

function emptySums(): Sums {
  return {
    lastInferenceAt: null,
    rows: 0,
    requests: 0,
    succeededMs: 0,
    failures: 0,
    failedMs: 0,
    queueMs: 0,
    preprocessMs: 0,
    executeMs: 0,
    batches: new Map(),
  };
}

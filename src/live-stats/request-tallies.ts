import type { PredictionTiming } from '../events/event';

/** Otherwise it is an answer from the cache: it waited for no worker, and was in no batch. */
export function wasComputed({ batchSize }: Pick<PredictionTiming, 'batchSize'>): boolean {
  return batchSize > 0;
}

export interface Tally {
  readonly count: number;
  readonly ms: number;
}

/** What one version did on this replica since its start, as clients of the Open Inference Protocol ask for it: by requests, of any number of rows. */
export interface VersionStatistics {
  readonly model: string;
  readonly version: string;
  /** Null: it has not answered yet. */
  readonly lastInferenceAt: Date | null;
  /** Of rows that were computed: what the cache answered counts in `succeeded` and `cacheHits`, and in nothing else here. */
  readonly rows: number;
  /** Batches; a row is a share of its batch. */
  readonly executions: number;
  readonly succeeded: Tally;
  readonly failed: Tally;
  readonly queue: Tally;
  readonly preprocess: Tally;
  readonly execute: Tally;
  readonly postprocess: Tally;
  /** Answered from the cache, or with what was just being computed for an equal request. */
  readonly cacheHits: Tally;
  /** Of versions with a cache: looking in vain, and keeping what was computed then. */
  readonly cacheMisses: Tally;
  readonly batches: readonly BatchStatistics[];
}

export interface BatchStatistics {
  readonly batchSize: number;
  readonly preprocess: Tally;
  readonly execute: Tally;
  readonly postprocess: Tally;
}

/** Batches of one size: the rows in them, and their times. */
interface Batches {
  rows: number;
  preprocessMs: number;
  executeMs: number;
  postprocessMs: number;
}

/** The requests of one version, and the sizes of the batches that their rows were executed in. */
export class RequestTallies {
  #lastInferenceMs: number | null = null;
  #rows = 0;
  #requests = 0;
  /** Requests of which something was computed. */
  #computed = 0;
  #succeededMs = 0;
  #failures = 0;
  #failedMs = 0;
  #queueMs = 0;
  #preprocessMs = 0;
  #executeMs = 0;
  #postprocessMs = 0;
  #cacheHits: Tally = { count: 0, ms: 0 };
  #cacheMisses: Tally = { count: 0, ms: 0 };
  /** By batch size; rows there, and their times. */
  readonly #batches = new Map<number, Batches>();

  succeeded(timing: PredictionTiming, rows: number, nowMs: number): void {
    this.#lastInferenceMs = nowMs;
    this.#requests++;
    this.#succeededMs += timing.totalMs;
    if (!wasComputed(timing)) return;
    this.#rows += rows;
    this.#computed++;
    this.#queueMs += timing.queueMs;
    this.#preprocessMs += timing.preprocessMs;
    this.#executeMs += timing.inferenceMs;
    const postprocessMs = timing.postprocessMs ?? 0;
    this.#postprocessMs += postprocessMs;
    let batch = this.#batches.get(timing.batchSize);
    if (!batch) {
      batch = { rows: 0, preprocessMs: 0, executeMs: 0, postprocessMs: 0 };
      this.#batches.set(timing.batchSize, batch);
    }
    batch.rows += rows;
    batch.preprocessMs += timing.preprocessMs * rows;
    batch.executeMs += timing.inferenceMs * rows;
    batch.postprocessMs += postprocessMs * rows;
  }

  failed(totalMs: number): void {
    this.#failures++;
    this.#failedMs += totalMs;
  }

  get cacheHits(): Tally {
    return this.#cacheHits;
  }

  get cacheMisses(): Tally {
    return this.#cacheMisses;
  }

  lookedUp(isHit: boolean, ms: number): void {
    const more = ({ count, ms: before }: Tally): Tally => ({ count: count + 1, ms: before + ms });
    if (isHit) this.#cacheHits = more(this.#cacheHits);
    else this.#cacheMisses = more(this.#cacheMisses);
  }

  statistics(model: string, version: string): VersionStatistics {
    const batches = [...this.#batches].sort(([a], [b]) => a - b).map(([batchSize, batch]) => batchStatistics(batchSize, batch));
    const stage = (ms: number): Tally => ({ count: this.#computed, ms });
    return {
      model,
      version,
      lastInferenceAt: this.#lastInferenceMs === null ? null : new Date(this.#lastInferenceMs),
      rows: this.#rows,
      executions: batches.reduce((sum, batch) => sum + batch.execute.count, 0),
      succeeded: { count: this.#requests, ms: this.#succeededMs },
      failed: { count: this.#failures, ms: this.#failedMs },
      queue: stage(this.#queueMs),
      preprocess: stage(this.#preprocessMs),
      execute: stage(this.#executeMs),
      postprocess: stage(this.#postprocessMs),
      cacheHits: this.#cacheHits,
      cacheMisses: this.#cacheMisses,
      batches,
    };
  }
}

/** Each row brought the time of its whole batch. */
function batchStatistics(batchSize: number, { rows, preprocessMs, executeMs, postprocessMs }: Batches): BatchStatistics {
  const count = Math.ceil(rows / batchSize);
  const stage = (ms: number): Tally => ({ count, ms: ms / batchSize });
  return { batchSize, preprocess: stage(preprocessMs), execute: stage(executeMs), postprocess: stage(postprocessMs) };
}

import type { PredictionTiming } from '../events/event';
import { addCounts, bucketOf, emptyCounts, quantileMs, trimmedCounts } from './latency-histogram';
import { wasComputed } from './request-tallies';

/** What a prediction's time goes into; `total` is from request to answer. */
export const stages = ['queue', 'preprocess', 'execute', 'postprocess', 'total'] as const;
export type Stage = (typeof stages)[number];

/** The times of many rows in one stage: plain numbers, so that replicas add up. */
export interface StageTimes {
  /** By the buckets of `latency-histogram.ts`. */
  readonly counts: readonly number[];
  readonly ms: number;
}

export type TimesByStage = Readonly<Record<Stage, StageTimes>>;

/** What readers are shown of one stage; null before the first row. */
export interface StageSummary {
  readonly stage: Stage;
  readonly count: number;
  readonly meanMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

export const noTimes: StageTimes = { counts: [], ms: 0 };

/** Merging is addition: of any two, in any order, and the result is what one server would have counted. */
export function addTimes(a: StageTimes, b: StageTimes): StageTimes {
  return { counts: addCounts(a.counts, b.counts), ms: a.ms + b.ms };
}

/** Quantiles come from the added histogram: quantiles themselves cannot be averaged. */
export function stageSummary(stage: Stage, { counts, ms }: StageTimes): StageSummary {
  const count = counts.reduce((sum, one) => sum + one, 0);
  return {
    stage,
    count,
    meanMs: count === 0 ? null : ms / count,
    p50Ms: quantileMs(counts, 0.5),
    p95Ms: quantileMs(counts, 0.95),
    p99Ms: quantileMs(counts, 0.99),
  };
}

/** Counts the times of one stage, in place: each prediction passes here. */
export class StageClock {
  readonly #counts = emptyCounts();
  #ms = 0;

  add(ms: number, rows: number): void {
    const bucket = bucketOf(ms);
    this.#counts[bucket] = (this.#counts[bucket] as number) + rows;
    this.#ms += ms * rows;
  }

  times(): StageTimes {
    return { counts: trimmedCounts(this.#counts), ms: this.#ms };
  }
}

/** Counts the times of all stages. */
export class StageClocks {
  readonly #queue = new StageClock();
  readonly #preprocess = new StageClock();
  readonly #execute = new StageClock();
  readonly #postprocess = new StageClock();
  readonly #total = new StageClock();

  /** Rows that went the same way: an answer from the cache went through no stage, and counts in the whole alone. */
  add(timing: PredictionTiming, rows: number): void {
    if (wasComputed(timing)) {
      this.#queue.add(timing.queueMs, rows);
      this.#preprocess.add(timing.preprocessMs, rows);
      this.#execute.add(timing.inferenceMs, rows);
      this.#postprocess.add(timing.postprocessMs ?? 0, rows);
    }
    this.#total.add(timing.totalMs, rows);
  }

  times(): TimesByStage {
    return {
      queue: this.#queue.times(),
      preprocess: this.#preprocess.times(),
      execute: this.#execute.times(),
      postprocess: this.#postprocess.times(),
      total: this.#total.times(),
    };
  }
}

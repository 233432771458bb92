import { bucketOf, emptyCounts } from './latency-histogram';
import type { VersionStats } from './replica-stats';

const windowSeconds = 60;

/** Counters of one version on this replica, of constant size. */
export class VersionCounters {
  readonly #model: string;
  readonly #version: string;
  readonly #latencyCounts = emptyCounts();
  /** Rows finished in each of the last seconds: a ring, indexed by the second. */
  readonly #perSecond = new Array<number>(windowSeconds).fill(0);
  #second = 0;
  #succeeded = 0;
  #failed = 0;
  #inferenceMsSum = 0;
  #batchSizeSum = 0;

  constructor(model: string, version: string) {
    this.#model = model;
    this.#version = version;
  }

  succeeded(row: { readonly totalMs: number; readonly inferenceMs: number; readonly batchSize: number }, nowMs: number): void {
    this.#succeeded++;
    this.#inferenceMsSum += row.inferenceMs;
    this.#batchSizeSum += row.batchSize;
    const bucket = bucketOf(row.totalMs);
    this.#latencyCounts[bucket] = (this.#latencyCounts[bucket] as number) + 1;
    this.#tick(nowMs);
  }

  failed(nowMs: number): void {
    this.#failed++;
    this.#tick(nowMs);
  }

  stats(nowMs: number, queueDepth: number): VersionStats {
    this.#advance(nowMs);
    const newest = this.#second % windowSeconds;
    return {
      model: this.#model,
      version: this.#version,
      totalRequests: this.#succeeded + this.#failed,
      successfulRequests: this.#succeeded,
      failedRequests: this.#failed,
      inferenceMsSum: this.#inferenceMsSum,
      batchSizeSum: this.#batchSizeSum,
      latencyCounts: [...this.#latencyCounts],
      queueDepth,
      perSecond: [...this.#perSecond.slice(newest + 1), ...this.#perSecond.slice(0, newest + 1)],
    };
  }

  #tick(nowMs: number): void {
    this.#advance(nowMs);
    const slot = this.#second % windowSeconds;
    this.#perSecond[slot] = (this.#perSecond[slot] as number) + 1;
  }

  /** Empties the slots of the seconds that have passed since the last row. */
  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const passed = Math.min(windowSeconds, second - this.#second);
    for (let i = 0; i < passed; i++) this.#perSecond[(second - i) % windowSeconds] = 0;
    if (passed > 0) this.#second = second;
  }
}

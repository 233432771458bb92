import type { PredictionTiming } from '../events/event';
import type { VersionStats } from './replica-stats';
import { RequestTallies, type VersionStatistics, wasComputed } from './request-tallies';
import { StageClocks } from './stage-times';

const windowSeconds = 60;

/** Counters of one version on this replica, of constant size. */
export class VersionCounters {
  readonly #model: string;
  readonly #version: string;
  readonly #stages = new StageClocks();
  readonly #requests = new RequestTallies();
  /** Rows finished in each of the last seconds: a ring, indexed by the second. */
  readonly #perSecond = new Array<number>(windowSeconds).fill(0);
  #second = 0;
  #succeeded = 0;
  #failed = 0;
  #batchSizeSum = 0;

  constructor(model: string, version: string) {
    this.#model = model;
    this.#version = version;
  }

  /** One request of `rows` rows that went the same way. */
  succeeded(timing: PredictionTiming, rows: number, nowMs: number): void {
    this.#succeeded += rows;
    if (wasComputed(timing)) this.#batchSizeSum += timing.batchSize * rows;
    this.#stages.add(timing, rows);
    this.#requests.succeeded(timing, rows, nowMs);
    this.#tick(rows, nowMs);
  }

  failed(totalMs: number, nowMs: number): void {
    this.#failed++;
    this.#requests.failed(totalMs);
    this.#tick(1, nowMs);
  }

  lookedUp(isHit: boolean, ms: number): void {
    this.#requests.lookedUp(isHit, ms);
  }

  statistics(): VersionStatistics {
    return this.#requests.statistics(this.#model, this.#version);
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
      batchSizeSum: this.#batchSizeSum,
      cacheHits: this.#requests.cacheHits.count,
      cacheMisses: this.#requests.cacheMisses.count,
      stages: this.#stages.times(),
      queueDepth,
      perSecond: [...this.#perSecond.slice(newest + 1), ...this.#perSecond.slice(0, newest + 1)],
    };
  }

  #tick(rows: number, nowMs: number): void {
    this.#advance(nowMs);
    const slot = this.#second % windowSeconds;
    this.#perSecond[slot] = (this.#perSecond[slot] as number) + rows;
  }

  /** Empties the slots of the seconds that have passed since the last row. */
  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const passed = Math.min(windowSeconds, second - this.#second);
    for (let i = 0; i < passed; i++) this.#perSecond[(second - i) % windowSeconds] = 0;
    if (passed > 0) this.#second = second;
  }
}

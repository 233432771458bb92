import type { TimesByStage } from './stage-times';

/** Counters of one version on one replica since it started; plain numbers, so that replicas add up. */
export interface VersionStats {
  readonly model: string;
  readonly version: string;
  /** Prediction rows, refused ones included. */
  readonly totalRequests: number;
  readonly successfulRequests: number;
  readonly failedRequests: number;
  /** Sum over rows of the size of the batch that the row was executed in. */
  readonly batchSizeSum: number;
  /** Absent in what a replica of an older build publishes. */
  readonly cacheHits?: number;
  readonly cacheMisses?: number;
  /** Of the rows that succeeded; an answer from the cache went through none but the whole. */
  readonly stages: TimesByStage;
  readonly queueDepth: number;
  /** Rows finished in each of the last 60 seconds of the clock, the one that is running last: the base of requestsPerSecond. */
  readonly perSecond: readonly number[];
}

/** How long the rows of one variant took; a row counts in each experiment that it is in. */
export interface VariantTimes {
  readonly experiment: string;
  readonly variant: string;
  readonly stages: TimesByStage;
}

export interface ReplicaStats {
  readonly replicaId: string;
  readonly startedAtMs: number;
  readonly asOfMs: number;
  readonly versions: readonly VersionStats[];
  readonly variants: readonly VariantTimes[];
}
